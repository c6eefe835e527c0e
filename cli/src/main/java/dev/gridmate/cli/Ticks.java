package dev.gridmate.cli;

/** Knows how late a program comes to its ticks, which are due at a fixed rate. */
final class Ticks {

    private final long start;
    private final double nanosPerTick;
    private long next;
    private long worst;

    /** The first tick is due at the start. */
    Ticks(long start, double nanosPerTick) {
        this.start = start;
        this.nanosPerTick = nanosPerTick;
    }

    /** The program comes around. Of several ticks that it missed the first is the latest. */
    void onTurn(long now) {
        long late = now - (start + (long) (next * nanosPerTick));
        if (late >= 0) {
            worst = Math.max(worst, late);
            next = dueBy(now);
        }
    }

    /** Returns how many ticks were due at a time. */
    long dueBy(long now) {
        return now - start < 0 ? 0 : (long) ((now - start) / nanosPerTick) + 1;
    }

    void forgetWorst() {
        worst = 0;
    }

    /** Returns the nanoseconds by which the latest tick started too late. */
    long worst() {
        return worst;
    }
}
