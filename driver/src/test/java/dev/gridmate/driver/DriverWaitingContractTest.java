package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DriverPair.Kind;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How any driver waits, and how a wait ends. */
@Timeout(60)
class DriverWaitingContractTest extends DriverContract {

    @ParameterizedTest
    @EnumSource
    void aWaitEndsWhenAPacketArrives(Kind kind) {
        DriverPair pair = pair(kind);
        pair.network.latency(Duration.ofMillis(3));
        pair.send(1, 10);
        long before = pair.server.nanoTime();
        assertThat(pair.server.waitForData(LONG)).isTrue();
        assertThat(pair.server.nanoTime() - before).isLessThan(LONG.toNanos() / 2);
        assertThat(pair.receive(1)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aWaitInWhichNothingHappensLastsItsTimeAndSaysSo(Kind kind) {
        DriverPair pair = pair(kind);
        long before = pair.server.nanoTime();
        assertThat(pair.server.waitForData(Duration.ofMillis(5))).isFalse();
        assertThat(pair.server.nanoTime() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
        assertThat(pair.server.waitForData(Duration.ZERO)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aWaitThatWasStoppedBeforehandEndsAtOnceAlsoWhenOtherCallsComeBetween(Kind kind) {
        DriverPair pair = pair(kind);
        pair.server.stopWaitForData();
        pair.server.update();
        pair.server.flush();
        pair.server.receive((from, packet) -> {}, 1);
        long before = pair.server.nanoTime();
        assertThat(pair.server.waitForData(LONG)).isTrue();
        assertThat(pair.server.nanoTime() - before).isLessThan(LONG.toNanos() / 2);
        assertThat(pair.server.waitForData(Duration.ofMillis(1)))
                .as("one stop ends one wait")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "DATAGRAM"})
    void anInterruptEndsOneWaitAndStaysPending(Kind kind) {
        DriverPair pair = pair(kind);
        for (int round = 0; round < 2; round++) {
            pair.server.update();
            Thread.currentThread().interrupt();
            pair.server.waitForData(LONG);
            for (int i = 0; i < 3; i++) {
                assertThat(pair.server.waitForData(Duration.ofMillis(2)))
                        .as("it lasts, though the interrupt is pending")
                        .isFalse();
            }
            assertThat(Thread.interrupted()).isTrue();
            pair.server.waitForData(Duration.ofMillis(1)); // hears that none is pending
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "DATAGRAM"})
    void anotherThreadMayEndAWaitAndNoStopIsLost(Kind kind) throws InterruptedException {
        DriverPair pair = pair(kind);
        for (int i = 0; i < 200; i++) {
            CountDownLatch started = new CountDownLatch(1);
            Thread stopper = new Thread(() -> {
                started.countDown();
                pair.server.stopWaitForData();
            });
            stopper.start();
            started.await();
            assertThat(pair.server.waitForData(LONG)).isTrue();
            stopper.join();
            pair.server.waitForData(Duration.ZERO); // does not use a stop up, if there is one left
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "DATAGRAM"})
    void anInterruptEndsTheWaitAndBreaksNothing(Kind kind) {
        DriverPair pair = pair(kind);
        Thread.currentThread().interrupt();
        assertThat(pair.server.waitForData(LONG)).isTrue();
        pair.send(1, 10);
        assertThat(pair.receive(1)).containsExactly(Packets.packet(0, 10));
        assertThat(Thread.interrupted()).isTrue();
    }
}
