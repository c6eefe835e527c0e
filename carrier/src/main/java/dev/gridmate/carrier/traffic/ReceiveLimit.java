package dev.gridmate.carrier.traffic;

/**
 * How many packets a second may come in: a bucket of tokens, kept as a single time, the moment until which what has come is
 * paid for.
 *
 * <p>The bucket holds a second's worth and starts full. A program that stood still finds in one go what an honest peer sent
 * meanwhile, and the time that went by has filled the bucket for it.
 */
final class ReceiveLimit {

    private static final long SECOND = 1_000_000_000L;

    private final boolean isOff;
    private final long price;
    private long paidUntil;

    /** @param perSecond packets; 0 for no limit */
    ReceiveLimit(int perSecond, long now) {
        isOff = perSecond == 0;
        price = isOff ? 0 : SECOND / perSecond;
        paidUntil = now - SECOND;
    }

    /** Takes a packet if it is within the limit; what is refused costs nothing. */
    boolean take(long now) {
        if (isOff) {
            return true;
        }
        long paid = Math.max(paidUntil, now - SECOND) + price;
        if (paid > now) {
            return false;
        }
        paidUntil = paid;
        return true;
    }
}
