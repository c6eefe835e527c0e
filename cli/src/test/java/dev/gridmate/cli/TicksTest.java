package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TicksTest {

    private final Ticks ticks = new Ticks(1000, 100);

    @Test
    void aTickIsAsLateAsTheFirstTurnAfterItWasDue() {
        ticks.onTurn(990);
        ticks.onTurn(1000);
        assertThat(ticks.worst()).isZero();

        ticks.onTurn(1090);
        ticks.onTurn(1107);
        ticks.onTurn(1199);
        assertThat(ticks.worst()).isEqualTo(7);
    }

    @Test
    void ofSeveralMissedTicksTheFirstIsTheLatest() {
        ticks.onTurn(1000);
        ticks.onTurn(1450);
        assertThat(ticks.worst()).isEqualTo(350);

        ticks.onTurn(1501);
        assertThat(ticks.worst()).isEqualTo(350);

        ticks.forgetWorst();
        ticks.onTurn(1603);
        assertThat(ticks.worst()).isEqualTo(3);
    }

    @Test
    void countsWhatWasDue() {
        assertThat(ticks.dueBy(999)).isZero();
        assertThat(ticks.dueBy(1000)).isEqualTo(1);
        assertThat(ticks.dueBy(1099)).isEqualTo(1);
        assertThat(ticks.dueBy(1100)).isEqualTo(2);
    }
}
