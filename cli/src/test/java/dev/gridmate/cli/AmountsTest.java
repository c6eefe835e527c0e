package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Amounts fit the columns of a table, and say their unit. */
class AmountsTest {

    @ParameterizedTest
    @CsvSource({"0,0", "999,999", "999.6,1.0k", "1234,1.2k", "99940,99.9k", "99960,100k", "1048576,1.0M", "3e9,3.0G"})
    void aNumberHasThreeDigitsAndAPrefix(double amount, String text) {
        assertThat(Amounts.count(amount)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0 us",
        "1500,2 us",
        "1200000,1.2 ms",
        "250000000,250 ms",
        "1000000000,1.0 s",
        "99000000000,99.0 s",
        "100000000000,1 min"
    })
    void aTimeHasItsUnit(long nanos, String text) {
        assertThat(Amounts.time(nanos)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"99,99 min", "100,1 h", "5999,99 h", "6000,4 d", "14400,10 d"})
    void aLongTimeTooIsShort(long minutes, String text) {
        assertThat(Amounts.time(TimeUnit.MINUTES.toNanos(minutes))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 %", "0.004,0.4 %", "0.0995,10 %", "1,100 %"})
    void aShareIsOfAHundred(double share, String text) {
        assertThat(Amounts.percent(share)).isEqualTo(text);
    }
}
