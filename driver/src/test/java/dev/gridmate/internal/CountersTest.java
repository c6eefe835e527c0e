package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CountersTest {

    @Test
    void eachConstantCountsForItself() {
        Counters<TimeUnit> counters = new Counters<>(TimeUnit.class);
        counters.add(TimeUnit.NANOSECONDS, 3);
        counters.add(TimeUnit.DAYS, 1);
        counters.add(TimeUnit.DAYS, 1);
        assertThat(counters.get(TimeUnit.NANOSECONDS)).isEqualTo(3);
        assertThat(counters.get(TimeUnit.HOURS)).isZero();
        assertThat(counters.get(TimeUnit.DAYS)).isEqualTo(2);
    }
}
