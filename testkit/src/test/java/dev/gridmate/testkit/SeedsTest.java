package dev.gridmate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class SeedsTest {

    private final Seeds seeds = Seeds.of("testkit,room", SeedsTest.class);

    @Test
    void everySeedIsRunOnce() {
        Set<Long> run = ConcurrentHashMap.newKeySet();
        String summary = seeds.each(100, seed -> assertThat(run.add(seed)).isTrue());
        assertThat(run).hasSize(100).contains(Seeds.first(), Seeds.first() + 99);
        assertThat(summary).startsWith("100 seeds, ");
    }

    @Test
    void aFailureNamesItsSeedAndTheCommandThatReplaysIt() {
        long bad = Seeds.first() + 41;
        assertThatThrownBy(() -> seeds.each(100, seed -> {
                    if (seed == bad) {
                        throw new IllegalStateException("it broke");
                    }
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed " + bad + ": it broke\nreplay it with:\n  ./mvnw -pl testkit,room test ")
                .hasMessageContaining("-Dtest=SeedsTest")
                .hasMessageEndingWith("-Dgridmate.seed=" + bad)
                .hasRootCauseMessage("it broke");
    }
}
