package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.badnet.DefaultSimulator;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the driver underneath does, what it is asked for, and the time that it lives by. */
@Timeout(60)
class DriverUnderneathTest {

    private static final UnaryOperator<CarrierDesc.Builder> DEFAULTS = UnaryOperator.identity();

    @Test
    void whatTheDriverCannotSendIsCountedAndToldEachTimeAndTheNextTryIsMade() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.client.carrier.connect("255.255.255.255", Side.PORT); // a broadcast, which nobody allowed
            pair.run(Duration.ofMillis(100));
            assertThat(pair.client.events)
                    .as("after 0, 10, 30 and 70 ms")
                    .hasSize(4)
                    .allMatch("driver error SEND"::equals);
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_REJECTED))
                    .isEqualTo(4);
            pair.run(Duration.ofSeconds(20));
            assertThat(pair.client.events).contains("failed HANDSHAKE_TIMEOUT");
        }
    }

    // The stream itself takes no more than its peer has room for.
    @Test
    void overAStreamNothingIsSpreadOverTime() {
        try (Pair pair = new Pair(Side.Wire.TCP, 1, DEFAULTS, settings -> settings.trafficControl(new PlainFlow()))) {
            ConnectionId id = pair.connected();
            String large = "x".repeat(pair.client.carrier.messageMtu());
            for (int i = 0; i < 200; i++) {
                pair.client.send(large, id, DataReliability.SEND_RELIABLE, 0);
            }
            long before = pair.client.driver.counter(DriverCounter.PACKETS_OUT);
            pair.client.carrier.update();
            assertThat(pair.client.driver.counter(DriverCounter.PACKETS_OUT) - before)
                    .as("as many as fit 65,536 bytes, and not the 32 of a burst")
                    .isGreaterThan(40);
        }
    }

    @Test
    void theEndOfTheDriversConnectionIsNoErrorOfOneThatIsOverAlready() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            ConnectionId id = pair.connected();
            StreamSocketDriver tcp = (StreamSocketDriver) pair.client.driver;
            SocketDriverAddress address = pair.client.carrier.connectionToAddress(id);
            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofMillis(50));
            assertThat(pair.client.events).contains("disconnected USER_REQUESTED");
            assertThat(tcp.abort(address)).isNotNull();
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.client.events).noneMatch(each -> each.startsWith("driver error"));
            assertThat(pair.server.events).noneMatch(each -> each.startsWith("driver error"));
        }
    }

    @Test
    void aSimulatedNetworkWakesTheProgramInTimeAlsoAfterAGapThatCountedForLess() {
        DefaultSimulator slow = new DefaultSimulator(1);
        slow.setOutgoingLatency(Duration.ofMillis(37), Duration.ofMillis(37));
        try (Pair pair = new Pair(Side.Wire.UDP, 1, DEFAULTS, settings -> settings.simulator(slow))) {
            ConnectionId id = pair.connected();
            pair.network.advance(Duration.ofSeconds(4));
            pair.run(Duration.ofMillis(500));
            assertThat(pair.client.carrier.counter(CarrierCounter.UPDATE_GAPS)).isPositive();
            slow.enable();
            pair.run(Duration.ofMillis(400));
            pair.client.send("late", id, DataReliability.SEND_UNRELIABLE, 0);
            pair.client.carrier.update();
            long start = pair.network.nanoTime();
            while (pair.server.received.isEmpty()) {
                pair.client.carrier.waitForData(Duration.ofSeconds(1));
                pair.client.carrier.update();
                pair.server.update();
            }
            assertThat((pair.network.nanoTime() - start) / CarrierTime.MILLISECOND)
                    .isBetween(37L, 38L);
        }
    }
}
