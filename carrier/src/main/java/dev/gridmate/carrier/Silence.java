package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.carrier.link.Link;
import org.jspecify.annotations.Nullable;

/** Whether a peer is still there: it says something now and then, and confirms what it gets. */
final class Silence {

    private Silence() {}

    /**
     * {@return why the peer counts as gone; null if it does not}
     *
     * @param threshold which part of the timeout counts; below 1 after another connection was lost
     * @param now nanoseconds
     */
    static @Nullable CarrierDisconnectReason judge(
            Link link, DisconnectDetection detection, float threshold, long now) {
        long timeout = (long) (detection.timeout().toNanos() * (double) threshold);
        long silent = now - link.lastReceived();
        if (silent >= timeout) {
            return reason("nothing heard", silent, threshold);
        }
        long unconfirmed = now - link.outbound().unconfirmedSince(now);
        return unconfirmed >= timeout ? reason("nothing confirmed", unconfirmed, threshold) : null;
    }

    /** {@return when the peer counts as gone if nothing comes from it until then} */
    static long due(Link link, DisconnectDetection detection, long now) {
        return Math.min(link.lastReceived(), link.outbound().unconfirmedSince(now))
                + detection.timeout().toNanos();
    }

    private static CarrierDisconnectReason reason(String what, long nanos, float threshold) {
        return CarrierDisconnectReason.of(
                Code.BAD_CONNECTION,
                "%s for %,d ms%s",
                what,
                nanos / CarrierTime.MILLISECOND,
                threshold < 1 ? ", when another connection was lost" : "");
    }
}
