package dev.gridmate.snapshot;

/**
 * How a loop spent its time. It tells what is late: the network or the program. The sum is all the
 * time there was, but for that since the last call.
 *
 * @param updateNanos in {@code update}, without what follows
 * @param handlerNanos in the program's event handlers and tasks, called in {@code update}
 * @param waitNanos in {@code waitForData}
 * @param programNanos in none of these: the program's own work, its packet handlers included
 */
public record LoopTimes(long updateNanos, long handlerNanos, long waitNanos, long programNanos) {

    /**
     * {@return the share of the time that was not spent waiting, 0 to 1} At 1 the loop has no time
     * left.
     */
    public double busyShare() {
        long busy = updateNanos + handlerNanos + programNanos;
        return busy == 0 ? 0 : (double) busy / (busy + waitNanos);
    }

    /**
     * {@return how the time since an earlier picture was spent}
     *
     * @param earlier the times of that picture
     */
    public LoopTimes since(LoopTimes earlier) {
        return new LoopTimes(
                updateNanos - earlier.updateNanos,
                handlerNanos - earlier.handlerNanos,
                waitNanos - earlier.waitNanos,
                programNanos - earlier.programNanos);
    }
}
