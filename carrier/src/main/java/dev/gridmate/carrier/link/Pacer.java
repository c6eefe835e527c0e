package dev.gridmate.carrier.link;

import dev.gridmate.carrier.traffic.TrafficControl;

/**
 * Spreads what the window allows over a round trip. A window of a megabyte that leaves at once would be lost in the peer's
 * receive buffer, on a network that loses nothing: some systems give a UDP socket 64 KiB.
 */
final class Pacer {

    /** Twice what is needed to have a window on its way each round trip, so that the window and not this is the limit. */
    private static final double HEADROOM = 2;

    private static final double SECOND = 1e9;

    private final TrafficControl.Flow flow;
    private final long burst;
    private double credit;
    private long last;

    /**
     * Makes a pacer.
     *
     * @param burst bytes that may leave at once
     */
    Pacer(TrafficControl.Flow flow, long burst, long now) {
        this.flow = flow;
        this.burst = burst;
        credit = burst;
        last = now;
    }

    boolean isOpen(long now) {
        credit = Math.min((double) burst, credit + (now - last) * bytesPerNano());
        last = now;
        return credit > 0;
    }

    void onSent(int size) {
        credit -= size;
    }

    /** When it will be open if nothing leaves until then. */
    long opensAt() {
        return credit > 0 ? last : last + 1 + (long) (-credit / bytesPerNano());
    }

    // A window below what may leave at once anyway needs no spreading.
    private double bytesPerNano() {
        double roundTrip = Math.max((double) flow.rtt(), SECOND / 1000);
        return HEADROOM * Math.max((double) burst, flow.congestionWindow()) / roundTrip;
    }
}
