package dev.gridmate.meters;

import dev.gridmate.testkit.Sentences;
import org.junit.jupiter.api.Test;

class DescriptionsTest {

    @Test
    void theDescriptionsOfTheCountersAreTheFirstSentencesOfTheirJavadoc() {
        Sentences.hold(
                "src/main/resources/dev/gridmate/driver/DriverCounter.properties",
                Sentences.of("src/main/java/dev/gridmate/driver/DriverCounter.java"));
    }
}
