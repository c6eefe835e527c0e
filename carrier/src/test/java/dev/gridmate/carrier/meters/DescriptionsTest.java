package dev.gridmate.carrier.meters;

import dev.gridmate.testkit.Sentences;
import org.junit.jupiter.api.Test;

class DescriptionsTest {

    @Test
    void theDescriptionsOfTheCountersAreTheFirstSentencesOfTheirJavadoc() {
        Sentences.hold(
                "src/main/resources/dev/gridmate/carrier/CarrierCounter.properties",
                Sentences.of("src/main/java/dev/gridmate/carrier/CarrierCounter.java"));
    }
}
