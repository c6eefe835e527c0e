package dev.gridmate.cli;

import dev.gridmate.driver.DriverCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** All the clients of a run, polled by one thread. */
final class Clients implements AutoCloseable {

    private static final int TURNS_TO_YIELD = 1000;
    private static final long NAP = TimeUnit.MICROSECONDS.toNanos(200);

    private final List<EchoClient> all = new ArrayList<>();
    private final Histogram roundTrips = roundTripNanos();
    private int idleTurns;

    private static Histogram roundTripNanos() {
        return new Histogram(1, TimeUnit.HOURS.toNanos(1), 3);
    }

    Histogram roundTrips() {
        return roundTrips;
    }

    void add(EchoClient client) {
        all.add(client);
    }

    int turn() {
        int work = 0;
        for (int i = 0; i < all.size(); i++) {
            work += all.get(i).turn();
        }
        return work;
    }

    /** Closes in order those whose echoes are all there; returns whether all have come to their end. */
    boolean finish() {
        boolean over = true;
        for (int i = 0; i < all.size(); i++) {
            EchoClient client = all.get(i);
            if (!client.isOver()) {
                over = false;
                if (client.wasEstablished() && client.isComplete() && !client.isClosing()) {
                    client.disconnect();
                }
            }
        }
        return over;
    }

    void stopSending() {
        all.forEach(EchoClient::stopSending);
    }

    /** Returns the first client whose connection ended against its will; null if there is none. */
    @Nullable
    EchoClient failed() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).failure() != null) {
                return all.get(i);
            }
        }
        return null;
    }

    boolean isStalled(long now) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isStalled(now)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Passes the time after a turn. One thread cannot wait for the sockets of many drivers, and a wait would show in the
     * round trips: so it asks again while an answer may be near, gives way to others, and naps when nothing comes.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a yield that the scheduler ignores costs time here, nothing else
    void idle(int work) {
        idleTurns = work > 0 ? 0 : idleTurns + 1;
        if (idleTurns > TURNS_TO_YIELD) {
            LockSupport.parkNanos(NAP);
        } else if (idleTurns > 0) {
            Thread.yield();
        }
    }

    boolean isAnyEstablished() {
        return all.stream().anyMatch(EchoClient::wasEstablished);
    }

    long sum(ToLongFunction<EchoClient> value) {
        return all.stream().mapToLong(value).sum();
    }

    long counter(DriverCounter counter) {
        return sum(client -> client.counter(counter));
    }

    @Override
    public void close() {
        all.forEach(EchoClient::close);
    }
}
