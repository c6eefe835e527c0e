package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistyped words are followed by what was meant. */
class SpellingTest {

    @ParameterizedTest
    @CsvSource({"ehco, echo, 1", "eco, echo, 1", "echoo, echo, 1", "ecxo, echo, 1", "send, echo, 4", "'', echo, 4"})
    void aSwapAMissingALetterTooManyAndAWrongOneCountOnce(String one, String other, int distance) {
        assertThat(Spelling.distance(one, other)).isEqualTo(distance);
        assertThat(Spelling.distance(other, one)).isEqualTo(distance);
    }

    @Test
    void theNearestWordIsMeantIfItIsNearEnough() {
        List<String> known = List.of("echo", "carrier-echo", "send");
        assertThat(Spelling.nearest("ehco", known)).contains("echo");
        assertThat(Spelling.nearest("carier-ecko", known)).contains("carrier-echo");
        assertThat(Spelling.nearest("xyz", known)).isEmpty();
    }

    @Test
    void commandsAndOptionsThatDoNotExistAreFollowedByTheOneThatWasMeant() {
        assertThat(Program.run("ehco").err()).contains("not understood: 'ehco'. Did you mean echo?");
        assertThat(Program.run("send", "--conut", "5").err())
                .contains("there is no option '--conut'. Did you mean --count?");
        assertThat(Program.run("xyzzy").err()).doesNotContain("Did you mean");
    }
}
