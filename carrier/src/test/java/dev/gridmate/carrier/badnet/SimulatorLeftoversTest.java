package dev.gridmate.carrier.badnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a simulated network keeps of a driver before, of peers that are gone, and how much. */
class SimulatorLeftoversTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final SocketDriverAddress PEER = Addresses.of(4);

    private final FakeDriver driver = new FakeDriver();
    private final DefaultSimulator simulator = new DefaultSimulator(4711);

    SimulatorLeftoversTest() {
        simulator.bindDriver(driver);
        simulator.enable();
    }

    private boolean send(int size) {
        return simulator.onSend(PEER, ByteBuffer.allocate(size));
    }

    private static void pass(FakeDriver driver, DefaultSimulator simulator, int millis) {
        for (int i = 0; i < millis; i++) {
            driver.pass(MILLI);
            simulator.update();
        }
    }

    /** Gives it another driver, with another clock. */
    private FakeDriver second() {
        simulator.unbindDriver();
        FakeDriver second = new FakeDriver();
        second.now = driver.now - 50_000_000_000L;
        simulator.bindDriver(second);
        return second;
    }

    @Test
    void aSecondDriverFindsTheLineFreeAndABandwidthThatIsDrawnAnew() {
        simulator.setOutgoingBandwidth(8, 80); // a byte takes from 1 ms down to a tenth
        assertThat(send(200)).isTrue();
        FakeDriver second = second();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long start = second.now;
            assertThat(send(100 - FakeDriver.OVERHEAD)).isTrue();
            while (second.sent.size() == i && second.now - start < 2_000_000_000L) {
                second.now += 100_000;
                simulator.update();
            }
            times.add((second.now - start) / 100_000);
            second.now += 1_000_000_000L;
        }
        assertThat(times).allMatch(each -> each >= 99 && each <= 1_001);
        assertThat(times.stream().distinct().count()).isGreaterThan(10);
    }

    @Test
    void aSecondDriverHasTimesInWhichAllIsDroppedFromTheBeginning() {
        simulator.setOutgoingPacketDrop(
                Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(50));
        pass(driver, simulator, 100);
        FakeDriver second = second();
        simulator.update();
        for (int i = 0; i < 700; i++) {
            boolean isDropped = i % 70 >= 50;
            assertThat(send(100)).as("at %d ms", i).isEqualTo(isDropped);
            pass(second, simulator, 1);
        }
    }

    @Test
    void aPacketForAPeerThatIsGoneIsGivenUpAndNotHeldUntilThereIsRoom() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.room = 0;
        for (int i = 1; i <= 2; i++) {
            driver.gone.clear();
            assertThat(send(100)).isTrue();
            pass(driver, simulator, 50);
            assertThat(simulator.outgoingCounters().kept().undeliverable())
                    .as("there may be room again")
                    .isEqualTo(i - 1);
            driver.gone.add(PEER);
            pass(driver, simulator, 50);
            assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(i);
            assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void aPacketThatJustFillsABufferTakesNoLargerOne() {
        simulator.setOutgoingLatency(Duration.ofSeconds(100), Duration.ofSeconds(100));
        int most = SimulatorQueue.MAX_BYTES / (1_024 + SimulatorPacket.OVERHEAD);
        for (int i = 0; i < most; i++) {
            assertThat(send(1_024)).isTrue();
        }
        assertThat(simulator.outgoingCounters().dropped().forMemory()).isZero();
        assertThat(send(1_024)).isTrue();
        assertThat(simulator.outgoingCounters().dropped().forMemory()).isOne();
    }
}
