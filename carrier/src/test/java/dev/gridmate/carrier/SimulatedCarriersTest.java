package dev.gridmate.carrier;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Whole programs with carriers on a simulated network, some for each seed. {@code -Dgridmate.seeds=N} runs N of them, from
 * {@code -Dgridmate.firstSeed} on; {@code -Dgridmate.seed=S} replays one and tells all that happens; {@code
 * -Dgridmate.datagrams=N} has one seed, {@code gridmate.firstSeed}, go on until N datagrams were sent.
 */
class SimulatedCarriersTest {

    /** A seed takes milliseconds. One that takes this long is in a loop that does not end. */
    private static final long STUCK = TimeUnit.SECONDS.toNanos(60);

    private final ConcurrentLinkedQueue<AssertionError> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong nextSeed = new AtomicLong(Long.getLong("gridmate.firstSeed", 1));
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong datagrams = new AtomicLong();

    @Test
    void messagesArriveWholeInOrderAndOnceAndBothSidesAgreeWhateverTheNetworkAndTheProgramsDo() {
        Long one = Long.getLong("gridmate.seed");
        if (one != null) {
            new SimulatedCarriers(one, true).run();
            return;
        }
        Long datagramsAsked = Long.getLong("gridmate.datagrams");
        if (datagramsAsked != null) {
            System.out.print(SimulatedCarriers.runUntilSent(nextSeed.get(), datagramsAsked));
            return;
        }
        long count = Long.getLong("gridmate.seeds", 2500);
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
                "%d seeds, %d ticks, %d datagrams, %.1f s, %.0f seeds/s, %.2f million ticks/minute%n",
                count, ticks.get(), datagrams.get(), seconds, count / seconds, ticks.get() / seconds * 60 / 1e6);
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
        return "seed " + seed + ": " + what + "\nreplay it with:\n  ./mvnw -pl driver,carrier test"
                + " -Dtest=SimulatedCarriersTest -Dsurefire.failIfNoSpecifiedTests=false -Dgridmate.otherJdk=skip"
                + " -Dgridmate.seed=" + seed;
    }

    private final class Runner extends Thread {
        private final long end;
        volatile long seed;
        volatile long began = System.nanoTime();

        Runner(long end) {
            super("simulated carriers");
            this.end = end;
            setDaemon(true);
        }

        @Override
        public void run() {
            for (seed = nextSeed.getAndIncrement(); seed < end && !failed.get(); seed = nextSeed.getAndIncrement()) {
                began = System.nanoTime();
                try {
                    SimulatedCarriers carriers = new SimulatedCarriers(seed, false);
                    carriers.run();
                    ticks.addAndGet(carriers.ticks());
                    datagrams.addAndGet(carriers.network.datagramsSent());
                } catch (Throwable e) {
                    failed.set(true);
                    failures.add(new AssertionError(message(seed, String.valueOf(e.getMessage())), e));
                }
            }
        }
    }
}
