package dev.gridmate.carrier.link;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides what goes into the next datagram, and writes it.
 *
 * <p>The order within a datagram is the order of the original: the carrier's own messages,
 * acknowledgements, then user messages, with lost ones before new ones.
 */
final class DatagramComposer {

    private final TrafficControl.Flow flow;
    private final SystemOutbox system;
    private final UserOutbox user;
    private final Flight flight;
    private final Pacer pacer;
    private final Counters<CarrierCounter> counters;
    private final DatagramWriter writer = new DatagramWriter();

    /**
     * The last datagram had no room for data beside the acknowledgements, so the next one begins
     * with data. Otherwise data would never leave through a driver that takes one datagram in each
     * update.
     */
    private boolean isDataNext;

    // The user messages of the datagram that is being written.
    private @Nullable Message first;
    private @Nullable Message last;
    private int effectiveSize;

    DatagramComposer(
            TrafficControl.Flow flow,
            SystemOutbox system,
            UserOutbox user,
            Flight flight,
            LinkResources resources,
            long now) {
        this.flow = flow;
        this.system = system;
        this.user = user;
        this.flight = flight;
        pacer = new Pacer(flow, resources.limits().burstBytes(), now);
        counters = resources.counters();
    }

    /** As {@link Outbound#hasSomethingToSend}. */
    boolean hasSomethingToSend(boolean mayCarryData, long now) {
        return system.isAnyDue(now) || (mayCarryData && hasDataToSend(now));
    }

    /** As {@link Outbound#hasDataToSend}. */
    boolean hasDataToSend(long now) {
        return isDataReady() && pacer.isOpen(now);
    }

    /** {@return true if data waits for nothing but the pacer} */
    private boolean isDataReady() {
        return user.isOpen() && flow.isSend() && flight.takesData() && user.hasNext();
    }

    /**
     * When the pacer lets the data leave that waits for nothing else; the end of time if there is
     * none.
     */
    long nextPaced() {
        return isDataReady() ? pacer.opensAt() : Long.MAX_VALUE;
    }

    /** As {@link Outbound#compose}. */
    int compose(ByteBuffer into, boolean mayCarryData, long now, int clock) {
        boolean hasData = mayCarryData && hasDataToSend(now);
        writer.begin(into, flight.nextSequence());
        system.put(writer, into, now, clock);
        boolean isPrompt = hasData || writer.messageCount() > 0;
        if (!isDataNext || !hasData) {
            system.putAcknowledgements(writer, into, !isPrompt);
        }
        boolean carriesData = hasData && putUserMessages(now);
        isDataNext = hasData && !carriesData;
        if (carriesData) {
            pacer.onSent(writer.size());
        }
        system.onSent(now);
        flight.onSent(writer.size(), effectiveSize, isPrompt, first, now);
        counters.add(CarrierCounter.DATAGRAMS_OUT, 1);
        first = null;
        last = null;
        effectiveSize = 0;
        return writer.size();
    }

    /**
     * Writes user messages until one does not fit; returns false if not even the first one fits.
     */
    private boolean putUserMessages(long now) {
        Message message = user.next();
        while (message != null && writer.sizeOf(message.header) <= writer.remaining()) {
            writer.put(message.header, message.data);
            user.onSent(message, now);
            link(message);
            effectiveSize += message.header.length;
            message = user.next();
        }
        return first != null;
    }

    private void link(Message message) {
        message.nextInDatagram = null;
        Message before = last;
        if (before == null) {
            first = message;
        } else {
            before.nextInDatagram = message;
        }
        last = message;
    }
}
