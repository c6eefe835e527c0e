package dev.gridmate.carrier.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceNumberTest {

    @Test
    void theyCountOnPastTheirEnd() {
        assertThat(SequenceNumber.next(65_535)).isZero();
        assertThat(SequenceNumber.previous(0)).isEqualTo(65_535);
        assertThat(SequenceNumber.add(65_530, 10)).isEqualTo(4);
        assertThat(SequenceNumber.add(4, -10)).isEqualTo(65_530);
        assertThat(SequenceNumber.next(SequenceNumber.NONE)).as("the first one").isZero();
    }

    @Test
    void theLaterOfTwoIsFewerThanHalfTheCircleAhead() {
        for (int from = 0; from <= 65_535; from += 257) {
            for (int ahead : new int[] {1, 2, 100, 32_766, 32_767}) {
                int to = SequenceNumber.add(from, ahead);
                assertThat(SequenceNumber.distance(from, to)).isEqualTo(ahead);
                assertThat(SequenceNumber.distance(to, from)).isEqualTo(-ahead);
                assertThat(SequenceNumber.isAfter(to, from)).isTrue();
                assertThat(SequenceNumber.isAfter(from, to)).isFalse();
            }
        }
    }

    @Test
    void neitherOfTwoOppositeOrEqualOnesIsLater() {
        assertThat(SequenceNumber.distance(0, 32_768)).isEqualTo(-32_768);
        assertThat(SequenceNumber.distance(32_768, 0)).isEqualTo(-32_768);
        assertThat(SequenceNumber.isAfter(0, 32_768)).isFalse();
        assertThat(SequenceNumber.isAfter(32_768, 0)).isFalse();
        assertThat(SequenceNumber.isAfter(7, 7)).isFalse();
    }
}
