package dev.gridmate.cli;

import dev.gridmate.driver.DriverCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** All the clients of a run, polled by one thread. */
final class Clients implements Exchange, AutoCloseable {

    private final List<EchoClient> all = new ArrayList<>();
    private final Histogram roundTrips = Figures.histogramOfNanos();

    Histogram roundTrips() {
        return roundTrips;
    }

    void add(EchoClient client) {
        all.add(client);
    }

    @Override
    public int turn() {
        int work = 0;
        for (int i = 0; i < all.size(); i++) {
            work += all.get(i).turn();
        }
        return work;
    }

    @Override
    public boolean finish() {
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

    @Override
    public void stopSending() {
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

    boolean isAnyEstablished() {
        return all.stream().anyMatch(EchoClient::wasEstablished);
    }

    @Override
    public long received() {
        return sum(EchoClient::received);
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
