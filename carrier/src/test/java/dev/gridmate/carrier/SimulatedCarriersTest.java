package dev.gridmate.carrier;

import dev.gridmate.testkit.Seeds;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Whole programs with carriers on a simulated network, some for each seed. {@code
 * -Dgridmate.seeds=N} runs N of them, from {@code -Dgridmate.firstSeed} on; {@code
 * -Dgridmate.seed=S} replays one and tells all that happens; {@code -Dgridmate.datagrams=N} makes
 * one seed, {@code gridmate.firstSeed}, go on until N datagrams were sent.
 */
class SimulatedCarriersTest {

    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong datagrams = new AtomicLong();

    @Test
    void messagesArriveWholeInOrderAndOnceAndBothSidesAgreeWhateverTheNetworkAndTheProgramsDo() {
        if (Seeds.replayed().isPresent()) {
            new SimulatedCarriers(Seeds.replayed().getAsLong(), true).run();
            return;
        }
        Long datagramsAsked = Long.getLong("gridmate.datagrams");
        if (datagramsAsked != null) {
            System.out.print(SimulatedCarriers.runUntilSent(Seeds.first(), datagramsAsked));
            return;
        }
        String summary =
                Seeds.of("testkit,driver,carrier", SimulatedCarriersTest.class).each(Seeds.count(2500), this::run);
        System.out.println(summary + ", " + ticks + " ticks, " + datagrams + " datagrams");
    }

    private void run(long seed) {
        SimulatedCarriers carriers = new SimulatedCarriers(seed, false);
        carriers.run();
        ticks.addAndGet(carriers.ticks());
        datagrams.addAndGet(carriers.network.datagramsSent());
    }
}
