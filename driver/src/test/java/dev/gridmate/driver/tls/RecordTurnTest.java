package dev.gridmate.driver.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecordTurnTest {

    private final RecordTurn turn = new RecordTurn();
    private long update;

    private void nextUpdate() {
        turn.begin(++update);
    }

    @Test
    void emptyRecordsInARowEndTheConnectionAndDataBetweenThemDoesNot() {
        for (int round = 0; round < 100; round++) {
            nextUpdate();
            for (int i = 0; i < RecordTurn.MOST_EMPTY; i++) {
                assertThat(turn.endsAfter(22, 0)).isFalse();
            }
            assertThat(turn.endsAfter(23, 1)).isFalse();
        }
        for (int i = 0; i < RecordTurn.MOST_EMPTY; i++) {
            nextUpdate();
            assertThat(turn.endsAfter(22, 0)).isFalse();
        }
        assertThat(turn.endsAfter(22, 0)).isTrue();
    }

    @Test
    void aFewLargeRecordsWithoutDataEndItToo() {
        assertThat(turn.endsAfter(16_000, 0)).isFalse();
        assertThat(turn.endsAfter(16_000, 0)).isFalse();
        assertThat(turn.endsAfter(16_000, 0)).isTrue();
    }

    @Test
    void aTurnIsOverAfterSoManyRecordsOfEitherKind() {
        for (int i = 0; i < RecordTurn.MOST; i++) {
            assertThat(turn.isOver()).isFalse();
            assertThat(turn.endsAfter(30, 8)).isFalse();
        }
        assertThat(turn.isOver()).isTrue();
        nextUpdate();
        for (int i = 0; i < RecordTurn.MOST_EMPTY; i++) {
            assertThat(turn.isOver()).isFalse();
            assertThat(turn.endsAfter(22, 0)).isFalse();
        }
        assertThat(turn.isOver()).isTrue();
    }

    @Test
    void aTurnThatIsOverStaysOverHoweverOftenItsUpdateReads() {
        nextUpdate();
        for (int i = 0; i < RecordTurn.MOST; i++) {
            turn.begin(update);
            assertThat(turn.isOver()).isFalse();
            assertThat(turn.endsAfter(30, 8)).isFalse();
        }
        turn.begin(update);
        assertThat(turn.isOver()).isTrue();
        nextUpdate();
        assertThat(turn.isOver()).isFalse();
    }

    @Test
    void whatTheEngineDoesFirstIsNoRecordOfThePeers() {
        for (int i = 0; i < 1000; i++) {
            assertThat(turn.endsAfter(0, 0)).isFalse();
        }
    }
}
