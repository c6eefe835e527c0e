package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopTimeTest {

    private final LoopTime time = new LoopTime(1000, 5_000_000);

    @Test
    void timeStartsAtZeroAndFollowsTheRealTime() {
        assertThat(time.now()).isZero();
        assertThat(time.advance(5_000_400)).isFalse();
        assertThat(time.advance(5_001_400)).isFalse();
        assertThat(time.now()).isEqualTo(1400);
    }

    @Test
    void aGapCountsForTheLimitAtMostAndItsRealLengthIsKnown() {
        assertThat(time.advance(5_009_000)).isTrue();
        assertThat(time.now()).isEqualTo(1000);
        assertThat(time.lastGap()).isEqualTo(9000);
        assertThat(time.advance(5_009_100)).isFalse();
        assertThat(time.now()).isEqualTo(1100);
    }

    @Test
    void whatDidNotCountAddsUp() {
        assertThat(time.advance(5_001_000)).isFalse();
        assertThat(time.uncounted()).isZero();
        assertThat(time.advance(5_009_000)).isTrue();
        assertThat(time.uncounted()).isEqualTo(7000);
        assertThat(time.advanceWaiting(5_020_000, 9000)).isTrue();
        assertThat(time.uncounted()).isEqualTo(8000);
        assertThat(time.now() + time.uncounted()).isEqualTo(20_000);
    }

    @Test
    void aGapOfTheLimitIsNoneAndOneAboveItIs() {
        assertThat(time.advance(5_001_000)).isFalse();
        assertThat(time.now()).isEqualTo(1000);
        assertThat(time.advance(5_002_001)).isTrue();
        assertThat(time.now()).isEqualTo(2000);
    }

    @Test
    void aWaitThatEndsEarlyCountsForWhatItTookAndTheNextGapFromItsEnd() {
        assertThat(time.advanceWaiting(5_000_300, 7000)).isFalse();
        assertThat(time.now()).isEqualTo(300);
        assertThat(time.advance(5_001_300)).isFalse();
        assertThat(time.now()).isEqualTo(1300);
        assertThat(time.lastGap()).isEqualTo(1000);
    }

    @Test
    void aWaitThatWasAskedForCountsInFull() {
        assertThat(time.advanceWaiting(5_007_500, 7000)).isFalse();
        assertThat(time.now()).isEqualTo(7500);
    }

    @Test
    void aWaitThatTookMuchLongerThanAskedForIsAGap() {
        assertThat(time.advanceWaiting(5_020_000, 7000)).isTrue();
        assertThat(time.now()).isEqualTo(8000);
    }
}
