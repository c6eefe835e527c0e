package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void aSecondsWorthMayComeAtOnceAndWhatIsMorePaysWithTime() {
        TokenBucket limit = TokenBucket.perSecond(100);
        long now = 5 * SECOND;
        assertThat(limit.charge(now, 100)).isLessThanOrEqualTo(now);
        assertThat(limit.charge(now, 50)).isEqualTo(now + SECOND / 2);
        assertThat(limit.charge(now + SECOND / 2, 0)).isLessThanOrEqualTo(now + SECOND / 2);
    }

    @Test
    void aQuietTimeSavesUpNoMoreThanASecond() {
        TokenBucket limit = TokenBucket.perSecond(100);
        assertThat(limit.charge(1000 * SECOND, 101)).isEqualTo(1000 * SECOND + SECOND / 100);
    }

    @Test
    void noLimitIsNeverExceeded() {
        assertThat(TokenBucket.perSecond(0).charge(SECOND, Integer.MAX_VALUE)).isLessThan(0);
    }

    @Test
    void whatIsRefusedCostsNothing() {
        TokenBucket bucket = TokenBucket.perSecond(2);
        assertThat(bucket.take(0)).isTrue();
        assertThat(bucket.take(0)).isTrue();
        assertThat(bucket.take(0)).isFalse();
        assertThat(bucket.take(SECOND / 2 - 1)).isFalse();
        assertThat(bucket.take(SECOND / 2)).isTrue();
        assertThat(bucket.take(SECOND / 2)).isFalse();
    }

    @Test
    void whatIsUnlimitedRefusesNothing() {
        for (int i = 0; i < 1000; i++) {
            assertThat(TokenBucket.perSecond(0).take(0)).isTrue();
        }
    }

    @Test
    void aSharePerUnitThatIsNoWholeNanosecondAddsUp() {
        TokenBucket limit = TokenBucket.perSecond(3);
        assertThat(limit.charge(0, 3)).isZero();
        assertThat(limit.charge(0, 3_000_000)).isEqualTo(1_000_000 * SECOND);
        assertThat(TokenBucket.perSecond(Integer.MAX_VALUE).charge(SECOND, Integer.MAX_VALUE))
                .isEqualTo(SECOND);
    }

    @Test
    void chargesAddUpBeforeTheyArePaidFor() {
        TokenBucket limit = TokenBucket.perSecond(10);
        assertThat(limit.charge(SECOND, 10)).isEqualTo(SECOND);
        assertThat(limit.charge(SECOND, 1)).isEqualTo(SECOND + SECOND / 10);
        assertThat(limit.charge(SECOND, 1)).isEqualTo(SECOND + SECOND / 5);
        assertThat(limit.charge(2 * SECOND, 0)).isEqualTo(SECOND + SECOND / 5);
        assertThat(limit.charge(9 * SECOND, 0))
                .as("a second's worth, and no more")
                .isEqualTo(8 * SECOND);
    }
}
