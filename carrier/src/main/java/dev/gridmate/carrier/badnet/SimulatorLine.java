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

    /** Kept or handed out by {@link #poll}, and not given back yet. */
    private int underWay;

    private final SimulatorQueue queue = new SimulatorQueue();
    private final SplittableRandom random;
    private final PacketLoss loss;
    private final Bandwidth bandwidth;
    private final DropTimes dropTimes;
    private final LineCounts counts = new LineCounts();
    private long minLatency;
    private long maxLatency;
    private boolean isReorder;
    private long lastDue = Long.MIN_VALUE;

    SimulatorLine(SplittableRandom random) {
        this.random = random;
        dropTimes = new DropTimes(random.split());
        loss = new PacketLoss(random);
        bandwidth = new Bandwidth(random);
    }

    void setLatency(long min, long max) {
        minLatency = min;
        maxLatency = max;
    }

    void setReorder(boolean isOn) {
        isReorder = isOn;
    }

    PacketLoss loss() {
        return loss;
    }

    Bandwidth bandwidth() {
        return bandwidth;
    }

    DropTimes dropTimes() {
        return dropTimes;
    }

    /**
     * A packet comes to this line. When the simulator is off, the line has no faults; it only holds
     * a packet back behind those that are still under way.
     *
     * @param sizeOnWire what counts for the bandwidth
     * @return true if the packet was taken; otherwise it passes at once
     */
    boolean take(SocketDriverAddress address, ByteBuffer packet, int sizeOnWire, long now, boolean isEnabled) {
        counts.packets++;
        if (isEnabled && isLost(now)) {
            return true;
        }
        long due = now;
        if (isEnabled) {
            long turn = bandwidth.turn(now);
            if (turn - now > MAX_WAIT) {
                counts.droppedForBandwidth++;
                return true;
            }
            due = bandwidth.send(turn, sizeOnWire) + Draw.between(random, minLatency, maxLatency);
        }
        if (due <= now && (isReorder || underWay == 0)) {
            counts.passed++;
            return false;
        }
        keep(address, packet, due);
        return true;
    }

    private boolean isLost(long now) {
        if (dropTimes.isDroppingAt(now)) {
            counts.droppedInPeriod++;
            return true;
        }
        boolean isLost = loss.takes();
        counts.lost += isLost ? 1 : 0;
        return isLost;
    }

    private void keep(SocketDriverAddress address, ByteBuffer packet, long drawn) {
        long due = isReorder ? drawn : Math.max(drawn, lastDue);
        if (queue.keep(address, packet, due)) {
            lastDue = Math.max(lastDue, due);
            counts.delayed++;
            underWay++;
        } else {
            counts.droppedForMemory++;
        }
    }

    /**
     * {@return the next packet that is due; null if there is none} It is followed by {@link
     * #giveBack}.
     */
    @Nullable
    SimulatorPacket poll(long now) {
        return queue.poll(now);
    }

    void giveBack(SimulatorPacket packet, boolean isDelivered) {
        queue.giveBack(packet);
        underWay--;
        if (isDelivered) {
            counts.delivered++;
        } else {
            counts.undeliverable++;
        }
    }

    void clear() {
        int cleared = queue.clear();
        underWay -= cleared;
        counts.undeliverable += cleared;
        lastDue = Long.MIN_VALUE;
        bandwidth.clear();
        dropTimes.clear();
    }

    long nextDue() {
        return queue.nextDue();
    }

    int bytesKept() {
        return queue.bytes();
    }

    LineCounts counts() {
        return counts;
    }
}
