package dev.gridmate.carrier;

import dev.gridmate.driver.Driver;
import dev.gridmate.internal.LoopTime;
import dev.gridmate.views.LoopMeter;

/**
 * The times of a carrier: the time by which its deadlines run, in nanoseconds, and the clock that
 * connected carriers share, in milliseconds. Both are made of the driver's time.
 */
final class CarrierTime {

    static final long MILLISECOND = 1_000_000;

    /** What a step between two updates counts at most of the time in which peers could be heard. */
    private static final long LISTENING = 100 * MILLISECOND;

    /**
     * What a gap between updates counts at most. After the program stood still, nothing is overdue
     * that could have been done otherwise. ({@link Silence} counts the rest too.)
     */
    private static final long GAP_LIMIT = 1_000 * MILLISECOND;

    private final Driver driver;
    private final long startedAt;
    private final LoopTime loop;
    private final CarrierClock clock = new CarrierClock();
    private final LoopMeter meter;
    private long real;
    private long listened;

    CarrierTime(Driver driver) {
        this.driver = driver;
        startedAt = driver.nanoTime();
        real = startedAt;
        loop = new LoopTime(GAP_LIMIT, startedAt);
        meter = new LoopMeter(startedAt);
    }

    // ------------------------------------------------------------ deadlines

    /** {@return the time by which deadlines run, in nanoseconds} */
    long now() {
        return loop.now();
    }

    /** Moves on; returns true if the gap since the last time was too long to count in full. */
    boolean advance() {
        long before = loop.now();
        real = driver.nanoTime();
        boolean isGap = loop.advance(real);
        listened += Math.min(LISTENING, loop.now() - before);
        meter.away(loop.lastGap(), isGap);
        return isGap;
    }

    /** Moves on after a wait that was asked for: it counts in full. */
    void advanceWaiting(long asked) {
        long before = loop.now();
        long from = real;
        real = driver.nanoTime();
        boolean isGap = loop.advanceWaiting(real, asked);
        listened += Math.min(asked, loop.now() - before);
        meter.away(loop.lastGap(), isGap);
        meter.waited(from, real);
    }

    /**
     * {@return for how long this side has listened so far, in nanoseconds} Pauses between updates
     * do not count: nobody is heard in them.
     */
    long listened() {
        return listened;
    }

    /** An update begins: now. */
    void beginUpdate() {
        meter.begin(real);
    }

    /** The program's handlers are about to be called, until the end of the update. */
    void beginHandlers() {
        meter.beginHandlers(driver.nanoTime());
    }

    /** They have returned. */
    void endHandlers() {
        meter.endHandlers(driver.nanoTime());
    }

    /** The update ends, with so much work done; returns how long it took. */
    long endUpdate(int work) {
        return meter.end(driver.isInitialized() ? driver.nanoTime() : real, work);
    }

    /** {@return what measures the loop} */
    LoopMeter meter() {
        return meter;
    }

    /** {@return the time on the driver's clock, when it was last looked at} */
    long real() {
        return real;
    }

    /** {@return how long the last gap was, in nanoseconds} */
    long lastGap() {
        return loop.lastGap();
    }

    /** {@return how much of the real time so far did not count, in nanoseconds} */
    long uncounted() {
        return loop.uncounted();
    }

    /**
     * {@return a time of the driver's, as deadlines count it; {@link Long#MAX_VALUE} stays what it
     * is}
     */
    long ofDriver(long time) {
        return time == Long.MAX_VALUE ? time : now() + time - real;
    }

    // ------------------------------------------------------------ the clock

    private long localMillis() {
        return (driver.nanoTime() - startedAt) / MILLISECOND;
    }

    /** {@return the time that connected carriers share, in milliseconds} */
    long shared() {
        return clock.time(localMillis());
    }

    /** {@return {@link #shared()} when the clock was last looked at} For after the end, too. */
    long sharedAtUpdate() {
        return clock.time((real - startedAt) / MILLISECOND);
    }

    /** {@return how far the shared time is before this side's own, in milliseconds} */
    long clockOffset() {
        return sharedAtUpdate() - (real - startedAt) / MILLISECOND;
    }

    void startClock(int intervalMillis, boolean isReset) {
        clock.start(intervalMillis, isReset, localMillis());
    }

    void stopClock() {
        clock.stop();
    }

    boolean isClockRunning() {
        return clock.isRunning();
    }

    /** {@return true if the others are to be told the time now} */
    boolean takeSync() {
        if (!clock.isRunning()) {
            return false;
        }
        long local = localMillis();
        boolean isDue = local >= clock.nextSync();
        if (isDue) {
            clock.onSynced(local);
        }
        return isDue;
    }

    /** {@return when the others are to be told the time, as deadlines count it} */
    long nextSync() {
        long sync = clock.nextSync();
        return sync == Long.MAX_VALUE ? sync : now() + (sync - localMillis()) * MILLISECOND;
    }

    /** Follows the clock of a peer. */
    void follow(int milliseconds, long rtt) {
        clock.follow(milliseconds, rtt / 2 / MILLISECOND, localMillis());
    }
}
