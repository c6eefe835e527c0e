package dev.gridmate.internal;

import java.util.function.LongSupplier;

/**
 * The time that one update may take for what peers ask of it. Each turn of a peer looks at it
 * first, and a peer whose turn does not come any more is the first in the next update.
 *
 * <p>It is asked before a turn, never within: so the first turn always comes, each update gets
 * somewhere, and the budget is exceeded by one turn at most.
 */
public final class UpdateBudget {

    private final long nanos;
    private LongSupplier clock = () -> 0;
    private long end;
    private long number;
    private boolean isSpent;
    private boolean isAsked;

    /** @param nanos for one update; 0 for no limit */
    public UpdateBudget(long nanos) {
        this.nanos = nanos;
        this.end = nanos;
    }

    /** Sets the clock, which tells nanoseconds. */
    public void clock(LongSupplier next) {
        clock = next;
    }

    /**
     * An update begins, at a time of the clock; {@return true if the one before it spent its
     * budget}
     */
    public boolean begin(long now) {
        boolean wasSpent = isSpent;
        isSpent = false;
        isAsked = false;
        end = now + nanos;
        number++;
        return wasSpent;
    }

    /** {@return how many updates have begun} */
    public long number() {
        return number;
    }

    /** {@return true if what is left has to wait for the next update} */
    public boolean isSpent() {
        if (!isAsked) {
            isAsked = true; // the first turn always comes
        } else if (!isSpent && nanos != 0) {
            isSpent = clock.getAsLong() - end >= 0;
        }
        return isSpent;
    }
}
