package dev.gridmate.driver.sim;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way between two hosts of a {@link SimulatedNetwork}, in both directions: its latency and its
 * faults. What a test does not set here is as on the whole network. So one slow player, or one
 * lossy one, can be among many:
 *
 * <pre>{@code
 * network.latency(Duration.ofMillis(20));
 * network.link(server, player7).latency(Duration.ofMillis(300));
 * network.link(server, player8).datagramFaults(DatagramFaults.NONE.withLoss(0.2));
 * }</pre>
 *
 * <p>Settings count from now on: what is on its way already arrives as it was sent.
 */
public final class SimulatedLink {

    private final @Nullable SimulatedLink everywhere;
    private @Nullable Faults faults;
    private @Nullable DatagramFaults datagramFaults;
    private @Nullable Duration latency;

    private SimulatedLink(@Nullable SimulatedLink everywhere) {
        this.everywhere = everywhere;
    }

    /** Makes what counts for all hosts between which a test sets nothing else. */
    static SimulatedLink everywhere() {
        return new SimulatedLink(null)
                .faults(Faults.NONE)
                .datagramFaults(DatagramFaults.NONE)
                .latency(Duration.ZERO);
    }

    /** Makes a link that is like everywhere else until something is set. */
    SimulatedLink another() {
        return new SimulatedLink(this);
    }

    /**
     * Sets what goes wrong with connections between the two hosts. {@code acceptFailures} stays the
     * network's, since an accept fails for lack of descriptors, whichever host connects.
     *
     * @param what the faults; {@link Faults#NONE} for none, whatever the network has
     * @return this link
     */
    public SimulatedLink faults(Faults what) {
        faults = Objects.requireNonNull(what, "what");
        return this;
    }

    /**
     * Sets what goes wrong with datagrams between the two hosts.
     *
     * @param what the faults; {@link DatagramFaults#NONE} for none, whatever the network has
     * @return this link
     */
    public SimulatedLink datagramFaults(DatagramFaults what) {
        datagramFaults = Objects.requireNonNull(what, "what");
        return this;
    }

    /**
     * Sets how long everything takes from one of the two hosts to the other.
     *
     * @param oneWay the latency, zero or more
     * @return this link
     * @throws IllegalArgumentException if it is negative
     */
    public SimulatedLink latency(Duration oneWay) {
        Faults.check("latency", oneWay);
        latency = oneWay;
        return this;
    }

    /** Undoes all settings: the link is like the whole network again. */
    public void reset() {
        if (everywhere != null) {
            latency = null;
            faults = null;
            datagramFaults = null;
        }
    }

    /** Ends the faults; the latency stays. */
    void heal() {
        faults = everywhere == null ? Faults.NONE : null;
        datagramFaults = everywhere == null ? DatagramFaults.NONE : null;
    }

    Faults faults() {
        return faults != null ? faults : everywhere != null ? everywhere.faults() : Faults.NONE;
    }

    DatagramFaults datagramFaults() {
        if (datagramFaults != null) {
            return datagramFaults;
        }
        return everywhere != null ? everywhere.datagramFaults() : DatagramFaults.NONE;
    }

    /** Returns the latency in nanoseconds. */
    long latency() {
        return latency != null ? latency.toNanos() : everywhere != null ? everywhere.latency() : 0;
    }
}
