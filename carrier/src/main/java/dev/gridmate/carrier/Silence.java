package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.carrier.link.Link;
import org.jspecify.annotations.Nullable;

/**
 * Whether a peer is still there: it says something now and then, and acknowledges what it gets.
 * Its timeout alone decides, whatever else happens on the line.
 *
 * <p><b>When this side stood still</b>, that is not the peer's silence: what the peer said
 * meanwhile waits, and is read before anything is judged. Nor does it hide the peer's silence. The
 * gap counts in full for a peer of which nothing waited, although deadlines do not run in it. But
 * such a peer gets some time in which it can be heard, once. If the whole machine stood still, or
 * the system had no room for all that came, nothing waited of a peer that spoke all the time.
 */
final class Silence {

    /** A peer says something each 100 ms. One of three signs of life may be lost, and one late. */
    private static final long TIME_TO_BE_HEARD = 300 * CarrierTime.MILLISECOND;

    private final Link link;
    private final CarrierTime time;
    private final long timeout;

    /** When the peer was heard last, as the link counts. */
    private long lastHeard;

    // In real time: the same, and when it is heard at the latest if it is there. The two differ if
    // this side has stood still since.
    private long heardAt;
    private long heardBy;

    /** @param timeout nanoseconds */
    Silence(Link link, CarrierTime time, long timeout) {
        this.link = link;
        this.time = time;
        this.timeout = timeout;
        onHeard();
    }

    /**
     * {@return why the peer counts as gone; null if it does not} To be asked in each update in
     * which something came from the peer.
     *
     * @param share which part of the timeout counts, 0 to 1
     * @param now nanoseconds
     */
    @Nullable
    CarrierDisconnectReason judge(float share, long now) {
        look(now);
        long limit = (long) (timeout * (double) share);
        long real = now + time.uncounted();
        if (real - heardAt >= limit && real >= heardBy) {
            return reason("nothing heard", real - heardAt, share);
        }
        long unacknowledged = link.outbound().unacknowledgedFor(now);
        return unacknowledged >= limit ? reason("nothing acknowledged", unacknowledged, share) : null;
    }

    /** {@return when the peer counts as gone if nothing comes from it until then} */
    long due(long now) {
        look(now);
        long gone = Math.max(heardAt + timeout, heardBy) - time.uncounted();
        return Math.min(gone, link.outbound().unacknowledgedAt(timeout));
    }

    private void look(long now) {
        if (lastHeard != link.lastReceived()) {
            onHeard();
        } else if (heardBy == heardAt && lastHeard + time.uncounted() > heardAt) {
            heardBy = now + time.uncounted() + TIME_TO_BE_HEARD;
        }
    }

    private void onHeard() {
        lastHeard = link.lastReceived();
        heardAt = lastHeard + time.uncounted();
        heardBy = heardAt;
    }

    private static CarrierDisconnectReason reason(String what, long nanos, float share) {
        return CarrierDisconnectReason.of(
                Code.BAD_CONNECTION,
                "%s for %,d ms%s",
                what,
                nanos / CarrierTime.MILLISECOND,
                share < 1 ? ", when another connection was lost" : "");
    }
}
