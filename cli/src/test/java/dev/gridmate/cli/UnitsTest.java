package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Times and shares are taken with their unit and without. */
class UnitsTest {

    @ParameterizedTest
    @CsvSource({"5, 5", "0.5, 0.5", ".5, 0.5", "5s, 5", "5 s, 5", "20ms, 0.02", "2m, 120", "2min, 120", "1h, 3600"})
    void aTimeIsInSecondsUnlessItSaysOtherwise(String text, double seconds) {
        assertThat(new Units.Seconds().convert(text)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"20, 20", "20ms, 20", "0.1s, 100", "1s, 1000"})
    void aLatencyIsInMillisecondsUnlessItSaysOtherwise(String text, int milliseconds) {
        assertThat(new Units.Milliseconds().convert(text)).isEqualTo(milliseconds);
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "5%, 5", "2.5 %, 2.5"})
    void aShareIsOfAHundred(String text, double percent) {
        assertThat(new Units.Percent().convert(text)).isEqualTo(percent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5x", "--5", "٥", "1e3", "NaN", "5%%"})
    void anythingElseIsRefusedWithAnExample(String text) {
        assertThatExceptionOfType(TypeConversionException.class)
                .isThrownBy(() -> new Units.Seconds().convert(text))
                .withMessage("'" + text + "' is not a time: a number, for example 5, 5s, 500ms or 2m");
        assertThatExceptionOfType(TypeConversionException.class).isThrownBy(() -> new Units.Percent().convert(text));
    }

    @Test
    void commandsTakeThem() {
        assertThat(Program.run("demo", "--seconds", "200ms").status()).isZero();
        assertThat(Program.run("demo", "--seconds", "5x").err()).contains("--seconds: '5x' is not a time");
        assertThat(Program.run("carrier-send", "127.0.0.1:9", "--loss", "101%").err())
                .contains("--loss is 101.0, it must be 0 to 100");
        assertThat(Program.run("carrier-send", "127.0.0.1:9", "--latency", "2s").err())
                .contains("--latency is 2000, it must be 0 to 1000");
    }
}
