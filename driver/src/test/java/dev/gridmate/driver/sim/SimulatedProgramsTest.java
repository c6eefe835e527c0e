package dev.gridmate.driver.sim;

import dev.gridmate.testkit.Seeds;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Whole programs on a simulated network, one for each seed. {@code -Dgridmate.seeds=N} runs N of
 * them, from {@code -Dgridmate.firstSeed} on; {@code -Dgridmate.seed=S} replays one and tells all
 * that happens.
 */
class SimulatedProgramsTest {

    private final AtomicLong ticks = new AtomicLong();

    @Test
    void packetsArriveWholeInOrderAndOnceAndEverythingEndsWhateverTheNetworkAndThePeersDo() {
        if (Seeds.replayed().isPresent()) {
            new SimulatedProgram(Seeds.replayed().getAsLong(), true).run();
            return;
        }
        String summary = Seeds.of("testkit,driver", SimulatedProgramsTest.class).each(Seeds.count(5000), this::run);
        System.out.println(summary + ", " + ticks + " ticks");
    }

    private void run(long seed) {
        SimulatedProgram program = new SimulatedProgram(seed, false);
        program.run();
        ticks.addAndGet(program.ticks());
    }
}
