package dev.gridmate.driver.sim;

import org.junit.jupiter.api.Test;

/**
 * Whole programs on a simulated network, one for each seed. {@code -Dgridmate.seeds=N} runs N of them, from {@code
 * -Dgridmate.firstSeed} on; {@code -Dgridmate.seed=S} replays one and tells all that happens.
 */
class SimulatedProgramsTest {

    @Test
    void packets_arrive_whole_in_order_and_once_and_everything_ends_whatever_the_network_and_the_peers_do() {
        Long one = Long.getLong("gridmate.seed");
        if (one != null) {
            new SimulatedProgram(one, true).run();
            return;
        }
        long first = Long.getLong("gridmate.firstSeed", 1);
        long count = Long.getLong("gridmate.seeds", 2000);
        long ticks = 0;
        long start = System.nanoTime();
        for (long seed = first; seed < first + count; seed++) {
            SimulatedProgram program = null;
            try {
                program = new SimulatedProgram(seed, false);
                program.run();
                ticks += program.ticks();
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\nreplay it with:\n  ./mvnw -pl driver test"
                                + " -Dtest=SimulatedProgramsTest -Dgridmate.otherJdk=skip -Dgridmate.seed=" + seed,
                        e);
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%d seeds, %d ticks, %.1f s, %.0f seeds/s, %.2f million ticks/minute%n",
                count, ticks, seconds, count / seconds, ticks / seconds * 60 / 1e6);
    }
}
