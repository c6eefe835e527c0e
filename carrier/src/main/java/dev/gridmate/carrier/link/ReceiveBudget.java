package dev.gridmate.carrier.link;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory that a carrier has for messages of all its peers that the program has not received
 * yet. Each connection has a {@link Share} of it.
 *
 * <p>When it is used up, a datagram that needs more is not acknowledged, and comes again. That is
 * all as long as whole messages wait: the program receives them at its own pace, and no peer can
 * help it. But messages that are not whole (chunks, and those that wait for others before them)
 * stay as long as their peer likes. So if another peer needs room, the connection that holds most
 * of them ends. It must hold a fair part of the memory, {@value #LARGE} of which there are, so that
 * nobody ends for a few bytes.
 */
public final class ReceiveBudget {

    /** Only a connection that holds one part of so many in messages that are not whole may end. */
    private static final int LARGE = 256;

    private final long limit;
    private final List<Share> large = new ArrayList<>();
    private long held;

    /**
     * Makes a budget of which nothing is held.
     *
     * @param limit bytes, 1 or more
     */
    public ReceiveBudget(long limit) {
        this.limit = limit;
    }

    /** {@return the bytes that are held} */
    public long held() {
        return held;
    }

    /** {@return the bytes that may be held} */
    public long limit() {
        return limit;
    }

    /** What one connection holds. */
    static final class Share {

        private final ReceiveBudget budget;
        private final LinkListener listener;
        private long held;
        private long most;
        private long unfinished;
        private boolean isLarge;

        Share(ReceiveBudget budget, LinkListener listener) {
            this.budget = budget;
            this.listener = listener;
        }

        /** A message, or a piece of one, that is whole takes memory, or gives it back. */
        void onWhole(long change) {
            budget.held += change;
            held += change;
            most = Math.max(most, held);
        }

        /** Something that is not whole takes memory, or gives it back. */
        void onUnfinished(long change) {
            onWhole(change);
            unfinished += change;
            if (isLarge != unfinished > budget.limit / LARGE) {
                isLarge = !isLarge;
                boolean ignored = isLarge ? budget.large.add(this) : budget.large.remove(this);
            }
        }

        /** {@return the most that it ever held} */
        long most() {
            return most;
        }

        /** {@return true if there is room for so many bytes; another one may have to end for it} */
        boolean hasRoomFor(long size) {
            if (budget.held + size <= budget.limit) {
                return true;
            }
            Share most = budget.mostUnfinished();
            if (most == null || most == this) {
                return false;
            }
            most.listener.onTooMuchUnfinished(most.unfinished);
            return budget.held + size <= budget.limit;
        }
    }

    /** At most {@link #LARGE} are looked at. */
    private @Nullable Share mostUnfinished() {
        Share most = null;
        for (Share each : large) {
            most = most == null || each.unfinished > most.unfinished ? each : most;
        }
        return most;
    }
}
