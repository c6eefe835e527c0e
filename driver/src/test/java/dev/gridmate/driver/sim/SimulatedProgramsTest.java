package dev.gridmate.driver.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Whole programs on a simulated network, one for each seed. {@code -Dgridmate.seeds=N} runs N of them, from {@code
 * -Dgridmate.firstSeed} on; {@code -Dgridmate.seed=S} replays one and tells all that happens.
 *
 * <p>Each seed is run by one thread from its beginning to its end, so that it does not matter how many there are.
 */
class SimulatedProgramsTest {

    /** A seed takes milliseconds. One that takes this long is in a loop that does not end. */
    private static final long STUCK = TimeUnit.SECONDS.toNanos(60);

    private final ConcurrentLinkedQueue<AssertionError> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong nextSeed = new AtomicLong(Long.getLong("gridmate.firstSeed", 1));
    private final AtomicLong ticks = new AtomicLong();

    @Test
    void packetsArriveWholeInOrderAndOnceAndEverythingEndsWhateverTheNetworkAndThePeersDo() {
        Long one = Long.getLong("gridmate.seed");
        if (one != null) {
            new SimulatedProgram(one, true).run();
            return;
        }
        long count = Long.getLong("gridmate.seeds", 5000);
        long end = nextSeed.get() + count;
        long start = System.nanoTime();
        List<Runner> runners = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Runner runner = new Runner(end);
            runners.add(runner);
            runner.start();
        }
        runners.forEach(this::await);
        AssertionError first = failures.poll();
        if (first != null) {
            throw first;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d seeds, %d ticks, %.1f s, %.0f seeds/s, %.2f million ticks/minute%n",
                count, ticks.get(), seconds, count / seconds, ticks.get() / seconds * 60 / 1e6);
    }

    private void await(Runner runner) {
        try {
            while (runner.isAlive()) {
                runner.join(1000);
                if (runner.isAlive() && System.nanoTime() - runner.began > STUCK) {
                    AssertionError stuck = new AssertionError(message(runner.seed, "does not come to its end"));
                    stuck.setStackTrace(runner.getStackTrace());
                    throw stuck;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private static String message(long seed, String what) {
        return "seed " + seed + ": " + what + "\nreplay it with:\n  ./mvnw -pl driver test"
                + " -Dtest=SimulatedProgramsTest -Dgridmate.otherJdk=skip -Dgridmate.seed=" + seed;
    }

    private final class Runner extends Thread {
        private final long end;
        volatile long seed;
        volatile long began = System.nanoTime();

        Runner(long end) {
            super("simulated programs");
            this.end = end;
            setDaemon(true);
        }

        @Override
        public void run() {
            for (seed = nextSeed.getAndIncrement(); seed < end && !failed.get(); seed = nextSeed.getAndIncrement()) {
                began = System.nanoTime();
                try {
                    SimulatedProgram program = new SimulatedProgram(seed, false);
                    program.run();
                    ticks.addAndGet(program.ticks());
                } catch (Throwable e) {
                    failed.set(true);
                    failures.add(new AssertionError(message(seed, String.valueOf(e.getMessage())), e));
                }
            }
        }
    }
}
