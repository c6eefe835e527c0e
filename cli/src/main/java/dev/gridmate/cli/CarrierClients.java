package dev.gridmate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** All the carrier connections of a run, polled by one thread. */
final class CarrierClients implements Exchange, AutoCloseable {

    private final List<CarrierClient> all = new ArrayList<>();

    void add(CarrierClient client) {
        all.add(client);
    }

    CarrierClient first() {
        return all.get(0);
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
            over &= all.get(i).finish();
        }
        return over;
    }

    @Override
    public void stopSending() {
        all.forEach(CarrierClient::stopSending);
    }

    @Override
    public long received() {
        return sum(CarrierClient::received);
    }

    long sum(ToLongFunction<CarrierClient> figure) {
        return all.stream().mapToLong(figure).sum();
    }

    /** Returns the longest time from the beginning of a connection until its last echo. */
    long nanos() {
        return all.stream().mapToLong(CarrierClient::nanos).max().orElse(1);
    }

    boolean isAnyEstablished() {
        return all.stream().anyMatch(CarrierClient::wasEstablished);
    }

    /** Returns true if all came back that must, and nothing that must not. */
    boolean isIntact() {
        return all.stream().allMatch(CarrierClient::isIntact);
    }

    boolean isStalled(long now) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isStalled(now)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the first one that ended against its will; null if there is none. */
    @Nullable
    CarrierClient failed() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).failure() != null) {
                return all.get(i);
            }
        }
        return null;
    }

    @Override
    public void close() {
        all.forEach(CarrierClient::close);
    }
}
