package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * When a peer that is not heard counts as gone: at its timeout, and not with whatever happens next.
 */
@Timeout(60)
class SilenceTest {

    private static final long TIMEOUT = 5_000;

    /**
     * Updates and waits as a program does that has nothing else to do; returns the milliseconds
     * until something is so.
     */
    private static long waitUntil(OneSided one, BooleanSupplier condition) {
        long start = one.network.nanoTime();
        for (int rounds = 0; !condition.getAsBoolean(); rounds++) {
            assertThat(rounds).as("rounds").isLessThan(1_000);
            one.side.carrier.waitForData(Duration.ofSeconds(1));
            one.side.update();
        }
        return (one.network.nanoTime() - start) / CarrierTime.MILLISECOND;
    }

    private static boolean isMissed(OneSided one) {
        return one.side.events.contains("disconnected BAD_CONNECTION");
    }

    @Test
    void aPeerThatFallsSilentIsMissedAtItsTimeoutWhateverTheRhythmOfSignsOfLife() {
        for (int shift = 0; shift < 100; shift += 33) {
            try (OneSided one = OneSided.connected()) {
                one.pass(shift);
                one.raw.keepAlive();
                one.pass(1);
                assertThat(waitUntil(one, () -> isMissed(one))).isBetween(TIMEOUT, TIMEOUT + 1);
            }
        }
    }

    @Test
    void aPeerThatConfirmsNothingIsMissedAtItsTimeoutToo() {
        try (OneSided one = OneSided.connected()) {
            one.send("hello");
            one.pass(1);
            one.passWithSignsOfLife(TIMEOUT - 150);
            assertThat(one.side.events).isEmpty();
            assertThat(waitUntil(one, () -> isMissed(one))).isBetween(149L, 150L);
        }
    }

    @Test
    void whereNobodyIsMissedTheTimeoutWakesNobody() {
        try (OneSided one = OneSided.connected(settings -> settings.enableDisconnectDetection(false))) {
            one.passWithSignsOfLife(TIMEOUT);
            one.pass(2 * TIMEOUT);
            int rounds = 0;
            long end = one.network.nanoTime() + 1_000 * CarrierTime.MILLISECOND;
            while (one.network.nanoTime() < end) {
                one.side.carrier.waitForData(Duration.ofSeconds(1));
                one.side.update();
                rounds++;
            }
            assertThat(rounds).isLessThan(30);
            assertThat(one.side.events).isEmpty();
        }
    }

    @Test
    void whoSaysTheEndToNobodyIsDoneAfterHalfASecondAlsoOnALongWay() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.rtt = 100 * CarrierTime.MILLISECOND; // so it says the end again after 150 ms each time
            one.side.carrier.disconnect(one.id());
            assertThat(waitUntil(one, () -> !one.side.events.isEmpty())).isBetween(500L, 501L);
            assertThat(one.side.events).containsExactly("disconnected USER_REQUESTED");
        }
    }

    @Test
    void oneThatIsMissedBecauseAnotherIsIsToldSoInTheSameUpdate() {
        try (OneSided one = OneSided.connected();
                RawPeer other = new RawPeer(one.rawHost, 667, "10.0.0.1")) {
            one.connect(other);
            one.raw.keepAlive();
            one.pass(30);
            other.keepAlive();
            one.pass(1);
            int before = other.received(SystemMessage.DISCONNECT);
            assertThat(waitUntil(one, () -> isMissed(one))).isBetween(TIMEOUT - 31, TIMEOUT - 30);
            assertThat(one.side.events)
                    .containsExactly(
                            "incoming", "established", "disconnected BAD_CONNECTION", "disconnected BAD_CONNECTION");
            one.network.advance(Duration.ZERO);
            assertThat(other.received(SystemMessage.DISCONNECT) - before).isOne();
        }
    }
}
