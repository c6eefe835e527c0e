package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void aSecondsWorthMayComeAtOnceAndWhatIsMorePaysWithTime() {
        RateLimit limit = RateLimit.perSecond(100);
        long now = 5 * SECOND;
        assertThat(limit.charge(now, 100)).isLessThanOrEqualTo(now);
        assertThat(limit.charge(now, 50)).isEqualTo(now + SECOND / 2);
        assertThat(limit.charge(now + SECOND / 2, 0)).isLessThanOrEqualTo(now + SECOND / 2);
    }

    @Test
    void aQuietTimeSavesUpNoMoreThanASecond() {
        RateLimit limit = RateLimit.perSecond(100);
        assertThat(limit.charge(1000 * SECOND, 101)).isEqualTo(1000 * SECOND + SECOND / 100);
    }

    @Test
    void noLimitIsNeverExceeded() {
        assertThat(RateLimit.perSecond(0).charge(SECOND, Integer.MAX_VALUE)).isLessThan(0);
    }
}
