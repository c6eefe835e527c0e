package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a simulated network: what becomes of a packet, and those that are under way.
 *
 * <p>A packet meets, in this order, a time in which all is dropped, losses, the bandwidth, and the
 * latency. The bandwidth is that of a line with a short queue before it: packets leave one by one,
 * each takes its time, and one that would have to wait too long for its turn is dropped. A packet
 * of any size passes a line that is idle.
 */
final class SimulatorLine {

    /** How long a packet waits for its turn at most: what routers are given as a rule. */
    private static final long MAX_WAIT = 250_000_000L;

    private static final long SECOND = 1_000_000_000L;
    private static final long NANOS_PER_BYTE_AT_ONE_KBPS = 8_000_000L;

    /** Kept or handed out by {@link #poll}, and not given back yet. */
    private int underWay;

    private final SimulatorQueue queue = new SimulatorQueue();
    private final SplittableRandom random;

    // Of their own, so that when it drops does not depend on how many packets there were.
    private final SplittableRandom dropTimes;

    private long minLatency;
    private long maxLatency;
    private boolean isReorder;
    private long lastDue = Long.MIN_VALUE;

    private int minLossInterval;
    private int maxLossInterval;
    private int packetsToLoss;
    private double lossRate;

    private int minKbps;
    private int maxKbps;
    private int kbps;
    private long kbpsUntil = Long.MIN_VALUE;
    private long busyUntil = Long.MIN_VALUE;

    private long minDropInterval;
    private long maxDropInterval;
    private long minDropPeriod;
    private long maxDropPeriod;
    private boolean isDropping;
    private boolean isDropBegun;
    private long dropChangesAt;

    private long packets;
    private long passed;
    private long delayed;
    private long delivered;
    private long lost;
    private long droppedInPeriod;
    private long droppedForBandwidth;
    private long droppedForMemory;
    private long undeliverable;

    SimulatorLine(SplittableRandom random) {
        this.random = random;
        this.dropTimes = random.split();
    }

    void setLatency(long min, long max) {
        minLatency = min;
        maxLatency = max;
    }

    void setReorder(boolean isOn) {
        isReorder = isOn;
    }

    void setLossInterval(int min, int max) {
        minLossInterval = min;
        maxLossInterval = max;
        packetsToLoss = drawLossInterval();
    }

    void setLossRate(double probability) {
        lossRate = probability;
    }

    void setBandwidth(int min, int max) {
        minKbps = min;
        maxKbps = max;
        kbpsUntil = Long.MIN_VALUE;
    }

    void setDrop(long minInterval, long maxInterval, long minPeriod, long maxPeriod) {
        minDropInterval = minInterval;
        maxDropInterval = maxInterval;
        minDropPeriod = minPeriod;
        maxDropPeriod = maxPeriod;
        isDropping = false;
        isDropBegun = false;
    }

    /**
     * A packet comes to this line. When the simulator is off, the line has no faults; it only holds
     * a packet back behind those that are still under way.
     *
     * @param sizeOnWire what counts for the bandwidth
     * @return whether the packet was taken; otherwise it passes at once
     */
    boolean take(SocketDriverAddress address, ByteBuffer packet, int sizeOnWire, long now, boolean isEnabled) {
        packets++;
        if (isEnabled && isLost(now)) {
            return true;
        }
        long due = now;
        if (isEnabled) {
            long turn = turn(now);
            if (turn - now > MAX_WAIT) {
                droppedForBandwidth++;
                return true;
            }
            busyUntil = turn + serialization(sizeOnWire);
            due = busyUntil + draw(minLatency, maxLatency);
        }
        if (due <= now && (isReorder || underWay == 0)) {
            passed++;
            return false;
        }
        keep(address, packet, due);
        return true;
    }

    private void keep(SocketDriverAddress address, ByteBuffer packet, long drawn) {
        long due = isReorder ? drawn : Math.max(drawn, lastDue);
        if (queue.keep(address, packet, due)) {
            lastDue = Math.max(lastDue, due);
            delayed++;
            underWay++;
        } else {
            droppedForMemory++;
        }
    }

    private boolean isLost(long now) {
        if (isDroppingAt(now)) {
            droppedInPeriod++;
            return true;
        }
        boolean isLast = maxLossInterval > 0 && --packetsToLoss <= 0;
        if (isLast) {
            packetsToLoss = drawLossInterval();
        }
        boolean isUnlucky = lossRate > 0 && random.nextDouble() < lossRate;
        if (isLast || isUnlucky) {
            lost++;
        }
        return isLast || isUnlucky;
    }

    /** Moves the times in which all is dropped on, also when no packet comes. */
    void advance(long now) {
        if (maxDropPeriod == 0) {
            return;
        }
        if (!isDropBegun) {
            isDropBegun = true;
            dropChangesAt = now + draw(dropTimes, minDropPeriod, maxDropPeriod);
        }
        while (dropChangesAt <= now) { // each is a millisecond or more, so this takes no time even after a long gap
            isDropping = !isDropping;
            dropChangesAt += isDropping
                    ? draw(dropTimes, minDropInterval, maxDropInterval)
                    : draw(dropTimes, minDropPeriod, maxDropPeriod);
        }
    }

    private boolean isDroppingAt(long now) {
        advance(now);
        return isDropping;
    }

    private long turn(long now) {
        if (maxKbps == 0) {
            return now;
        }
        if (now >= kbpsUntil) {
            kbps = (int) draw(minKbps, maxKbps);
            kbpsUntil = now + SECOND;
        }
        return Math.max(busyUntil, now);
    }

    private long serialization(int size) {
        return maxKbps == 0 ? 0 : size * NANOS_PER_BYTE_AT_ONE_KBPS / kbps;
    }

    private int drawLossInterval() {
        return (int) draw(minLossInterval, maxLossInterval);
    }

    private long draw(long min, long max) {
        return draw(random, min, max);
    }

    private static long draw(SplittableRandom random, long min, long max) {
        return min == max ? min : random.nextLong(min, max + 1);
    }

    /** Returns the next packet that is due. It is followed by {@link #giveBack}. */
    @Nullable
    SimulatorPacket poll(long now) {
        return queue.poll(now);
    }

    void giveBack(SimulatorPacket packet, boolean isDelivered) {
        queue.giveBack(packet);
        underWay--;
        if (isDelivered) {
            delivered++;
        } else {
            undeliverable++;
        }
    }

    void clear() {
        int cleared = queue.clear();
        underWay -= cleared;
        undeliverable += cleared;
        lastDue = Long.MIN_VALUE;
        busyUntil = Long.MIN_VALUE;
        kbpsUntil = Long.MIN_VALUE;
        isDropBegun = false;
        isDropping = false;
    }

    long nextDue() {
        return queue.nextDue();
    }

    int bytesKept() {
        return queue.bytes();
    }

    DefaultSimulator.Counters counters() {
        return new DefaultSimulator.Counters(
                packets,
                passed,
                delayed,
                delivered,
                lost,
                droppedInPeriod,
                droppedForBandwidth,
                droppedForMemory,
                undeliverable);
    }
}
