package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.Driver;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A worse network: loss, latency, reordering, low bandwidth, and times in which nothing passes,
 * each for the packets sent and for those received. It is off until {@link #enable()}; everything
 * can be set at any time, on the carrier's thread.
 *
 * <p>The same seed and the same packets at the same times on the driver's clock give the same
 * faults. Copies of at most 16 MiB are kept for each of the two directions; a packet beyond that is
 * dropped and counted.
 *
 * <p>What is due and finds no room in the driver is kept for the next update.
 */
public final class DefaultSimulator implements Simulator {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MILLI = Duration.ofMillis(1);

    private final long seed;
    private final SimulatorLine outgoing;
    private final SimulatorLine incoming;
    private final SimulatorOutbox outbox = new SimulatorOutbox();
    private @Nullable Driver driver;
    private boolean isEnabled;

    /**
     * What became of the packets of one direction. Each is in one of {@code passed}, {@code
     * delayed}, {@code lost} and the three {@code dropped}.
     *
     * @param packets that came to the simulator
     * @param passed at once
     * @param kept what became of those that were kept for later
     * @param lost by interval or probability
     * @param dropped for other reasons
     */
    public record Counters(long packets, long passed, Kept kept, long lost, Dropped dropped) {}

    /**
     * What became of the packets that were kept for later. Those that are in neither of the others
     * are still kept.
     *
     * @param delayed all of them
     * @param delivered sent, or handed out, later
     * @param undeliverable the driver did not send them, or was unbound
     */
    public record Kept(long delayed, long delivered, long undeliverable) {}

    /**
     * The packets that were dropped.
     *
     * @param inPeriod while all was dropped
     * @param forBandwidth since their turn would have come too late
     * @param forMemory since too many bytes were kept
     */
    public record Dropped(long inPeriod, long forBandwidth, long forMemory) {}

    /** Makes a simulator with a seed of its own, which {@link #seed()} tells. */
    public DefaultSimulator() {
        this(new SplittableRandom().nextLong());
    }

    /**
     * Makes a simulator.
     *
     * @param seed of all that is drawn
     */
    public DefaultSimulator(long seed) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(seed);
        outgoing = new SimulatorLine(random.split());
        incoming = new SimulatorLine(random.split());
    }

    /**
     * Returns the seed, with which another simulator repeats what this one did.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /** Begins to simulate. */
    public void enable() {
        isEnabled = true;
    }

    /**
     * Ceases to simulate. What is kept still comes at its time, and what follows does not overtake
     * it.
     */
    public void disable() {
        isEnabled = false;
    }

    /**
     * Says if packets meet a simulated network.
     *
     * @return true if they do
     */
    public boolean isEnabled() {
        return isEnabled;
    }

    /**
     * Delays each packet sent by a time drawn for it. Both zero: no delay.
     *
     * @param minDelay zero or more
     * @param maxDelay {@code minDelay} or more, at most a day
     * @throws IllegalArgumentException if they are out of range
     */
    public void setOutgoingLatency(Duration minDelay, Duration maxDelay) {
        checkRange("minDelay", minDelay, Duration.ZERO, "maxDelay", maxDelay);
        outgoing.setLatency(minDelay.toNanos(), maxDelay.toNanos());
    }

    /**
     * Delays each packet received by a time drawn for it. Both zero: no delay.
     *
     * @param minDelay zero or more
     * @param maxDelay {@code minDelay} or more, at most a day
     * @throws IllegalArgumentException if they are out of range
     */
    public void setIncomingLatency(Duration minDelay, Duration maxDelay) {
        checkRange("minDelay", minDelay, Duration.ZERO, "maxDelay", maxDelay);
        incoming.setLatency(minDelay.toNanos(), maxDelay.toNanos());
    }

    /**
     * Sets if a packet sent may overtake others, which takes a latency that varies. Otherwise
     * one that drew a shorter delay waits for those before it.
     *
     * @param isReorder whether
     */
    public void setOutgoingReorder(boolean isReorder) {
        outgoing.setReorder(isReorder);
    }

    /**
     * Sets if a packet received may overtake others, which takes a latency that varies.
     * Otherwise one that drew a shorter delay waits for those before it.
     *
     * @param isReorder whether
     */
    public void setIncomingReorder(boolean isReorder) {
        incoming.setReorder(isReorder);
    }

    /**
     * Loses one packet sent every so many, a number drawn anew after each loss. Both 0: off.
     *
     * @param minInterval packets, the lost one included; 1 or more
     * @param maxInterval {@code minInterval} or more
     * @throws IllegalArgumentException if they are out of range
     */
    public void setOutgoingPacketLoss(int minInterval, int maxInterval) {
        checkRange("minInterval", minInterval, "maxInterval", maxInterval);
        outgoing.loss().setInterval(minInterval, maxInterval);
    }

    /**
     * Loses one packet received every so many, a number drawn anew after each loss. Both 0: off.
     *
     * @param minInterval packets, the lost one included; 1 or more
     * @param maxInterval {@code minInterval} or more
     * @throws IllegalArgumentException if they are out of range
     */
    public void setIncomingPacketLoss(int minInterval, int maxInterval) {
        checkRange("minInterval", minInterval, "maxInterval", maxInterval);
        incoming.loss().setInterval(minInterval, maxInterval);
    }

    /**
     * Loses each packet sent with a probability, whatever befell the others. Adds to the loss by
     * interval.
     *
     * @param probability 0 (off) to 1
     * @throws IllegalArgumentException if it is out of range
     */
    public void setOutgoingPacketLossRate(double probability) {
        outgoing.loss().setRate(checkProbability(probability));
    }

    /**
     * Loses each packet received with a probability, whatever befell the others. Adds to the loss
     * by interval.
     *
     * @param probability 0 (off) to 1
     * @throws IllegalArgumentException if it is out of range
     */
    public void setIncomingPacketLossRate(double probability) {
        incoming.loss().setRate(checkProbability(probability));
    }

    /**
     * Lets packets sent pass no faster than a line of a bandwidth that is drawn anew each second. A
     * packet waits for its turn up to 250 ms, otherwise it is dropped. What the driver adds to a
     * packet counts. Both 0: off.
     *
     * @param minKbps thousand bits a second, 1 or more
     * @param maxKbps {@code minKbps} or more
     * @throws IllegalArgumentException if they are out of range
     */
    public void setOutgoingBandwidth(int minKbps, int maxKbps) {
        checkRange("minKbps", minKbps, "maxKbps", maxKbps);
        outgoing.bandwidth().set(minKbps, maxKbps);
    }

    /**
     * Lets packets received pass no faster than a line of a bandwidth that is drawn anew each
     * second. A packet waits for its turn up to 250 ms, otherwise it is dropped. What the driver
     * adds to a packet counts. Both 0: off.
     *
     * @param minKbps thousand bits a second, 1 or more
     * @param maxKbps {@code minKbps} or more
     * @throws IllegalArgumentException if they are out of range
     */
    public void setIncomingBandwidth(int minKbps, int maxKbps) {
        checkRange("minKbps", minKbps, "maxKbps", maxKbps);
        incoming.bandwidth().set(minKbps, maxKbps);
    }

    /**
     * Drops all packets sent for an interval, after each period in which they pass. Both times are
     * drawn anew each time. It begins with a period. All zero: off.
     *
     * @param minInterval how long all is dropped, a millisecond or more
     * @param maxInterval {@code minInterval} or more, at most a day
     * @param minPeriod how long all passes, a millisecond or more
     * @param maxPeriod {@code minPeriod} or more, at most a day
     * @throws IllegalArgumentException if they are out of range
     */
    public void setOutgoingPacketDrop(
            Duration minInterval, Duration maxInterval, Duration minPeriod, Duration maxPeriod) {
        checkDrop(minInterval, maxInterval, minPeriod, maxPeriod);
        outgoing.dropTimes()
                .set(minInterval.toNanos(), maxInterval.toNanos(), minPeriod.toNanos(), maxPeriod.toNanos());
    }

    /**
     * Drops all packets received for an interval, after each period in which they pass. Both times
     * are drawn anew each time. It begins with a period. All zero: off.
     *
     * @param minInterval how long all is dropped, a millisecond or more
     * @param maxInterval {@code minInterval} or more, at most a day
     * @param minPeriod how long all passes, a millisecond or more
     * @param maxPeriod {@code minPeriod} or more, at most a day
     * @throws IllegalArgumentException if they are out of range
     */
    public void setIncomingPacketDrop(
            Duration minInterval, Duration maxInterval, Duration minPeriod, Duration maxPeriod) {
        checkDrop(minInterval, maxInterval, minPeriod, maxPeriod);
        incoming.dropTimes()
                .set(minInterval.toNanos(), maxInterval.toNanos(), minPeriod.toNanos(), maxPeriod.toNanos());
    }

    /**
     * Returns what became of the packets sent.
     *
     * @return a snapshot
     */
    public Counters outgoingCounters() {
        return snapshot(outgoing.counts());
    }

    /**
     * Returns what became of the packets received.
     *
     * @return a snapshot
     */
    public Counters incomingCounters() {
        return snapshot(incoming.counts());
    }

    private static Counters snapshot(LineCounts counts) {
        return new Counters(
                counts.packets,
                counts.passed,
                new Kept(counts.delayed, counts.delivered, counts.undeliverable),
                counts.lost,
                new Dropped(counts.droppedInPeriod, counts.droppedForBandwidth, counts.droppedForMemory));
    }

    @Override
    public void bindDriver(Driver carriersDriver) {
        if (driver != null) {
            throw new IllegalStateException("the simulator has a driver already: one simulator serves one carrier");
        }
        driver = carriersDriver;
    }

    @Override
    public void unbindDriver() {
        driver = null;
        outbox.clear(outgoing);
        outgoing.clear();
        incoming.clear();
    }

    @Override
    public boolean onSend(SocketDriverAddress to, ByteBuffer packet) {
        return take(outgoing, to, packet);
    }

    @Override
    public boolean onReceive(SocketDriverAddress from, ByteBuffer packet) {
        return take(incoming, from, packet);
    }

    private boolean take(SimulatorLine line, SocketDriverAddress peer, ByteBuffer packet) {
        Driver bound = driver;
        if (bound == null) {
            return false;
        }
        int sizeOnWire = packet.remaining() + bound.packetOverheadSize();
        return line.take(peer, packet, sizeOnWire, bound.nanoTime(), isEnabled);
    }

    /**
     * Hands out what came in and is due now.
     *
     * @param handler gets each datagram, read-only and big-endian, lent until it returns; it may
     *     call anything
     * @param limit how many at most, 1 or more
     * @return how many the handler got
     * @throws IllegalArgumentException if the limit is below 1
     */
    @Override
    public int receive(PacketHandler handler, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ", it must be at least 1");
        }
        Driver bound = driver;
        if (bound == null) {
            return 0;
        }
        long now = bound.nanoTime();
        int received = 0;
        while (received < limit) {
            SimulatorPacket packet = incoming.poll(now);
            if (packet == null) {
                break;
            }
            received++;
            try {
                handler.onPacket(packet.address(), packet.lend());
            } finally {
                incoming.giveBack(packet, true);
            }
        }
        return received;
    }

    @Override
    public void update() {
        Driver bound = driver;
        if (bound == null) {
            return;
        }
        long now = bound.nanoTime();
        outgoing.dropTimes().advance(now);
        incoming.dropTimes().advance(now);
        outbox.update(outgoing, bound, now);
    }

    @Override
    public long nextDue() {
        return Math.min(outbox.nextDue(), Math.min(outgoing.nextDue(), incoming.nextDue()));
    }

    /** {@return how many bytes of packets are kept for later, in both directions} */
    public int bytesKept() {
        return outgoing.bytesKept() + incoming.bytesKept();
    }

    private static void checkDrop(Duration minInterval, Duration maxInterval, Duration minPeriod, Duration maxPeriod) {
        boolean isOff = maxInterval.isZero() && maxPeriod.isZero();
        Duration least = isOff ? Duration.ZERO : MILLI;
        checkRange("minInterval", minInterval, least, "maxInterval", maxInterval);
        checkRange("minPeriod", minPeriod, least, "maxPeriod", maxPeriod);
    }

    private static void checkRange(String minName, Duration min, Duration least, String maxName, Duration max) {
        if (min.compareTo(least) < 0 || min.compareTo(max) > 0 || max.compareTo(DAY) > 0) {
            throw new IllegalArgumentException(minName + " is " + min + " and " + maxName + " " + max
                    + ", they must be from " + least + " to " + DAY + ", and the first not above the second");
        }
    }

    private static void checkRange(String minName, int min, String maxName, int max) {
        if (min < 0 || min > max || (min == 0 && max > 0)) {
            throw new IllegalArgumentException(minName + " is " + min + " and " + maxName + " " + max
                    + ", they must be both 0 (off), or from 1 and the first not above the second");
        }
    }

    private static double checkProbability(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability is " + probability + ", it must be from 0 to 1");
        }
        return probability;
    }
}
