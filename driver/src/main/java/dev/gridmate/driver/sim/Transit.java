package dev.gridmate.driver.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is on its way from one host to another, in the order in which it arrives, and the
 * clock by which it does. What two separated hosts send each other is lost if it says how, and is
 * held until the network heals otherwise.
 */
final class Transit {

    private final PriorityQueue<Delivery> onTheWay = new PriorityQueue<>();
    private final List<Delivery> held = new ArrayList<>();
    private final List<Partition> partitions = new ArrayList<>();
    private long now;
    private long sequence;

    /** Something on its way. Those due at the same moment arrive in the order of sending. */
    private record Delivery(
            long due,
            long sequence,
            SimulatedHost from,
            SimulatedHost to,
            Runnable arrive,
            @Nullable Runnable lose) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private record Partition(SimulatedHost one, SimulatedHost other) {
        boolean separates(SimulatedHost from, SimulatedHost to) {
            return (one == from && other == to) || (one == to && other == from);
        }
    }

    long now() {
        return now;
    }

    void send(long due, SimulatedHost from, SimulatedHost to, Runnable arrive) {
        onTheWay.add(new Delivery(due, sequence++, from, to, arrive, null));
    }

    /** Sends what is lost, and not held, if the hosts are separated now or when it would arrive. */
    void sendOrLose(long due, SimulatedHost from, SimulatedHost to, Runnable arrive, Runnable lose) {
        if (isSeparated(from, to)) {
            lose.run();
        } else {
            onTheWay.add(new Delivery(due, sequence++, from, to, arrive, lose));
        }
    }

    /** Sends into a black hole, which gives it back when the network heals. */
    void hold(SimulatedHost from, SimulatedHost to, Runnable arrive) {
        held.add(new Delivery(now, sequence++, from, to, arrive, null));
    }

    void partition(SimulatedHost one, SimulatedHost other) {
        partitions.add(new Partition(one, other));
    }

    /** Ends all partitions; what was held arrives now, in order. */
    void heal() {
        partitions.clear();
        List<Delivery> late = List.copyOf(held);
        held.clear();
        for (Delivery each : late) {
            send(now, each.from, each.to, each.arrive);
        }
        settle();
    }

    /**
     * Delivers what is due. Every call from a program begins with it, so that nobody sees the past.
     */
    void settle() {
        for (Delivery next = onTheWay.peek(); next != null && next.due <= now; next = onTheWay.peek()) {
            onTheWay.poll();
            if (!isSeparated(next.from, next.to)) {
                next.arrive.run();
            } else if (next.lose != null) {
                next.lose.run();
            } else {
                held.add(next);
            }
        }
    }

    void advanceTo(long nanoTime) {
        for (Delivery next = onTheWay.peek(); next != null && next.due <= nanoTime; next = onTheWay.peek()) {
            now = Math.max(now, next.due);
            settle();
        }
        now = nanoTime;
    }

    /** Returns when the next thing arrives; {@link Long#MAX_VALUE} if nothing is on its way. */
    long nextArrival() {
        Delivery next = onTheWay.peek();
        return next == null ? Long.MAX_VALUE : next.due;
    }

    private boolean isSeparated(SimulatedHost from, SimulatedHost to) {
        for (Partition each : partitions) {
            if (each.separates(from, to)) {
                return true;
            }
        }
        return false;
    }
}
