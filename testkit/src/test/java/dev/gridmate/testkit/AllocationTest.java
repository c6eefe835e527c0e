package dev.gridmate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllocationTest {

    private long sum;
    private byte[] made = {};

    @Test
    void aStepThatAllocatesNothingIsToldFromOneThatDoes() {
        assertThat(Allocation.of(() -> sum++)).isLessThan(Allocation.NOISE);
        assertThat(Allocation.of(() -> made = new byte[100 + (int) (sum & 1)]))
                .isBetween(Allocation.STEPS * 112L, Allocation.STEPS * 160L);
        assertThat(made).isNotEmpty();
    }
}
