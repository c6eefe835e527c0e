package dev.gridmate.driver.stream;

import dev.gridmate.internal.DeadlineHeap;
import dev.gridmate.snapshot.ConnectionLife;
import dev.gridmate.snapshot.Traffic;
import dev.gridmate.snapshot.Waiting;
import dev.gridmate.views.RateMark;
import org.jspecify.annotations.Nullable;

/** What one connection shows in a picture. */
public final class Figures {

    private final StreamContext context;
    private final Inbound inbound;
    private final Outbound outbound;
    private final long began;

    /** Made when it is first asked for: most connections are never looked at. */
    private @Nullable RateMark mark;

    Figures(StreamContext context, Inbound inbound, Outbound outbound) {
        this.context = context;
        this.inbound = inbound;
        this.outbound = outbound;
        this.began = context.now;
    }

    /** {@return for how long it is there, in nanoseconds} */
    public long age() {
        return context.now - began;
    }

    /** {@return the bytes that it received} */
    public long bytesIn() {
        return inbound.tally().bytes();
    }

    /** {@return the bytes that it sent} */
    public long bytesOut() {
        return outbound.tally().bytes();
    }

    /** {@return for how long nothing has arrived, in nanoseconds} */
    public long silence() {
        return context.now - inbound.lastArrival();
    }

    /** {@return how it is} */
    public ConnectionLife life(ConnectionState state, boolean isOutgoing) {
        boolean isBlocked = outbound.isBlocked() && !outbound.isEmpty();
        return new ConnectionLife(
                state.name(),
                isOutgoing,
                age(),
                silence(),
                isBlocked ? context.now - outbound.blockedSince() : 0,
                inbound.pausedUntil() != DeadlineHeap.NEVER);
    }

    /** {@return the bytes that wait} */
    public Waiting waiting() {
        return new Waiting(
                inbound.waitingBytes(),
                inbound.tally().most(),
                outbound.waitingBytes(),
                outbound.tally().most());
    }

    /** Takes what it has sent and received until now into account; returns the bytes per second. */
    public double measureRate() {
        RateMark present = mark;
        if (present == null) {
            present = new RateMark(began);
            mark = present;
        }
        present.measure(inbound.tally().bytes(), outbound.tally().bytes(), context.now);
        return present.bytesPerSecond();
    }

    /** {@return what it has sent and received} {@link #measureRate()} comes before. */
    public Traffic traffic() {
        Tally in = inbound.tally();
        Tally out = outbound.tally();
        RateMark measured = mark == null ? new RateMark(began) : mark;
        return measured.traffic(in.packets(), out.packets(), in.bytes(), out.bytes());
    }
}
