package dev.gridmate.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Clients that come one after the other, exchange some packets and go, so that there are ends to
 * see.
 */
final class Visitors implements AutoCloseable {

    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);
    private static final long PACKETS = 100;
    private static final double NANOS_PER_PACKET = TimeUnit.MILLISECONDS.toNanos(10);

    private final Destination to;
    private final PacketSource source;
    private final RoundTrips roundTrips = new RoundTrips(System.nanoTime());
    private final EchoClient.Plan plan;
    private @Nullable EchoClient present;
    private boolean isEnding;
    private long next;
    private int came;
    private long sent;
    private long received;
    private long mismatched;

    Visitors(Destination to, PacketSource source, Duration patience) {
        this.to = to;
        this.source = source;
        plan = new EchoClient.Plan(PACKETS, NANOS_PER_PACKET, EchoClient.WINDOW, patience);
        next = System.nanoTime() + PAUSE;
    }

    /** One tick; returns the work done. */
    int turn(long now) {
        EchoClient client = present;
        if (client == null) {
            if (!isEnding && now - next >= 0) {
                came++;
                present = new EchoClient(to, came, plan, source, roundTrips);
            }
            return 0;
        }
        int work = client.turn();
        if (client.isOver()) {
            sent += client.sent();
            received += client.received();
            mismatched += client.mismatched();
            client.close();
            present = null;
            next = now + PAUSE;
        } else if (client.wasEstablished() && client.isComplete() && !client.isClosing()) {
            client.disconnect();
        }
        return work;
    }

    void stopSending() {
        isEnding = true;
        if (present != null) {
            present.stopSending();
        }
    }

    boolean areGone() {
        return isEnding && present == null;
    }

    boolean isHealthy(long now) {
        return present == null || (present.failure() == null && !present.isStalled(now));
    }

    /** {@return how many have come} */
    int came() {
        return came;
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    long mismatched() {
        return mismatched;
    }

    @Override
    public void close() {
        if (present != null) {
            present.close();
        }
    }
}
