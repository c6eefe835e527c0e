package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void aValueInItsRangeIsHandedBack() {
        assertThat(Arguments.inRange("port", 0, 0, 65_535)).isZero();
        assertThat(Arguments.inRange("port", 65_535, 0, 65_535)).isEqualTo(65_535);
        assertThat(Arguments.inRange("loss", 1f, 0, 1)).isEqualTo(1f);
        assertThat(Arguments.atLeast("limit", 1, 1)).isEqualTo(1);
        assertThat(Arguments.timeout("idle", Duration.ZERO)).isZero();
        assertThat(Arguments.timeout("idle", Arguments.LONGEST)).isEqualTo(Arguments.LONGEST);
        assertThat(Arguments.aboveZero("budget", Duration.ofNanos(1))).isEqualTo(Duration.ofNanos(1));
        assertThat(Arguments.packetSize(ByteBuffer.allocate(7), 7)).isEqualTo(7);
    }

    @Test
    void aRefusalNamesTheParameterItsValueAndWhatIsAllowed() {
        assertRefused(() -> Arguments.inRange("port", -1, 0, 65_535), "port is -1, it must be 0 to 65535");
        assertRefused(() -> Arguments.inRange("port", 65_536, 0, 65_535), "port is 65536, it must be 0 to 65535");
        assertRefused(() -> Arguments.inRange("loss", Float.NaN, 0, 1), "loss is NaN, it must be 0.0 to 1.0");
        assertRefused(() -> Arguments.inRange("loss", 1.5f, 0, 1), "loss is 1.5, it must be 0.0 to 1.0");
        assertRefused(() -> Arguments.atLeast("limit", 0, 1), "limit is 0, it must be at least 1");
        assertRefused(
                () -> Arguments.timeout("idle", Duration.ofNanos(-1)),
                "idle is PT-0.000000001S, it must be from zero (off) to 365 days");
        assertRefused(
                () -> Arguments.timeout("idle", Arguments.LONGEST.plusNanos(1)),
                "idle is PT8760H0.000000001S, it must be from zero (off) to 365 days");
        assertRefused(
                () -> Arguments.aboveZero("budget", Duration.ZERO),
                "budget is PT0S, it must be above zero and at most 365 days");
        assertRefused(() -> Arguments.packetSize(ByteBuffer.allocate(0), 7), "packet has 0 bytes, it must have 1 to 7");
        assertRefused(() -> Arguments.packetSize(ByteBuffer.allocate(8), 7), "packet has 8 bytes, it must have 1 to 7");
    }

    @Test
    void aWaitBeyondAllReasonIsAYear() {
        assertThat(Arguments.nanos("timeout", Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo(Arguments.LONGEST.toNanos());
        assertThat(Arguments.nanos("timeout", Duration.ofMillis(2))).isEqualTo(2_000_000);
        assertRefused(
                () -> Arguments.nanos("timeout", Duration.ofMillis(-1)),
                "timeout is PT-0.001S, it must not be negative");
    }
}
