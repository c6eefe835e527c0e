package dev.gridmate.carrier.link;

import dev.gridmate.carrier.traffic.TrafficControl;

/**
 * Spreads what the window allows over a round trip. If a window of a megabyte left at once, the
 * peer's receive buffer would lose most of it, even on a perfect network: some systems give a UDP
 * socket 64 KiB.
 */
final class Pacer {

    /**
     * Twice the rate that sends one window in each round trip, so that the window is the limit and
     * not the pacer.
     */
    private static final double HEADROOM = 2;

    private static final double SECOND = 1e9;

    private final TrafficControl.Flow flow;
    private final long burst;
    private double credit;
    private long last;

    /** @param burst bytes that may leave at once */
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

    /** {@return when it will be open if nothing leaves until then} */
    long opensAt() {
        return credit > 0 ? last : last + 1 + (long) (-credit / bytesPerNano());
    }

    // A window that is smaller than the burst needs no spreading.
    private double bytesPerNano() {
        double roundTrip = Math.max((double) flow.rtt(), SECOND / 1000);
        return HEADROOM * Math.max((double) burst, flow.congestionWindow()) / roundTrip;
    }
}
