package dev.gridmate.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Runs a whole program for each of many seeds. {@code -Dgridmate.seeds=N} runs N of them, from
 * {@code -Dgridmate.firstSeed} on; {@code -Dgridmate.seed=S} asks for one. A failure names its seed
 * and the command that replays it.
 *
 * <p>Each seed is run by one thread from its beginning to its end, so the number of threads does
 * not matter.
 */
public final class Seeds {

    /** A seed takes milliseconds. One that takes this long is in a loop that does not end. */
    private static final long STUCK = TimeUnit.SECONDS.toNanos(60);

    private final String replay;
    private final ConcurrentLinkedQueue<AssertionError> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong next = new AtomicLong(first());

    private Seeds(String replay) {
        this.replay = replay;
    }

    /**
     * Seeds of a test.
     *
     * @param modules the modules that Maven has to build for the test, with commas between them
     */
    public static Seeds of(String modules, Class<?> test) {
        return new Seeds("./mvnw -pl " + modules + " test -Dtest=" + test.getSimpleName()
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dgridmate.otherJdk=skip -Dgridmate.seed=");
    }

    /** {@return the one seed to replay, if there is one} */
    public static OptionalLong replayed() {
        Long seed = Long.getLong("gridmate.seed");
        return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
    }

    /** {@return the seed to begin with} */
    public static long first() {
        return Long.getLong("gridmate.firstSeed", 1);
    }

    /** {@return how many seeds somebody asked for, and the standard number if nobody did} */
    public static long count(long standard) {
        return Long.getLong("gridmate.seeds", standard);
    }

    /**
     * Runs the program for each seed, on all processors.
     *
     * @param count how many seeds, see {@link #count}
     * @return how many there were, and how long they took, for a person
     * @throws AssertionError for a seed that failed, or that does not come to its end; with the
     *     command that replays it
     */
    public String each(long count, LongConsumer program) {
        long end = next.get() + count;
        long start = System.nanoTime();
        List<Runner> runners = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Runner runner = new Runner(program, end);
            runners.add(runner);
            runner.start();
        }
        runners.forEach(this::await);
        AssertionError first = failures.poll();
        if (first != null) {
            throw first;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return String.format(Locale.ROOT, "%d seeds, %.1f s, %.0f seeds/s", count, seconds, count / seconds);
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

    private String message(long seed, String what) {
        return "seed " + seed + ": " + what + "\nreplay it with:\n  " + replay + seed;
    }

    private final class Runner extends Thread {
        private final LongConsumer program;
        private final long end;
        volatile long seed;
        volatile long began = System.nanoTime();

        Runner(LongConsumer program, long end) {
            super("seeds");
            this.program = program;
            this.end = end;
            setDaemon(true);
        }

        @Override
        public void run() {
            for (seed = next.getAndIncrement(); seed < end && !failed.get(); seed = next.getAndIncrement()) {
                began = System.nanoTime();
                try {
                    program.accept(seed);
                } catch (Throwable e) {
                    failed.set(true);
                    failures.add(new AssertionError(message(seed, String.valueOf(e.getMessage())), e));
                }
            }
        }
    }
}
