package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The most that a connection can take, and a report in words. */
@Timeout(60)
class StatusReportTest {

    @Test
    void theRateIsThatOfTheEventAndNoneBeforeAndAfterTheConnection() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            List<Integer> told = new ArrayList<>();
            List<Integer> read = new ArrayList<>();
            pair.client.gridMate.eventBus(CarrierEvents.class).connect(new CarrierEvents() {
                @Override
                public void onRateChange(Carrier carrier, ConnectionId id, int bytesPerSecond) {
                    told.add(bytesPerSecond);
                    read.add(carrier.maxSendRate(id));
                }
            });
            ConnectionId id = pair.connect();
            assertThat(pair.client.carrier.maxSendRate(id)).isZero();
            pair.runUntil(() -> pair.client.carrier.numConnections() == 1);
            assertThat(pair.client.carrier.maxSendRate(id)).isPositive();
            pair.client.send("x".repeat(100_000), id, DataReliability.SEND_RELIABLE, 0);
            pair.runUntil(() -> !told.isEmpty());
            assertThat(read).isEqualTo(told);
            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.client.carrier.maxSendRate(id)).isZero();
        }
    }

    @Test
    void aReportSaysInWordsHowAConnectionIs() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofSeconds(2));
            pair.client.send("one", id, DataReliability.SEND_RELIABLE, 0);
            assertThat(pair.client.carrier.statusReport(id))
                    .startsWith(id + " to 10.0.0.1|2018: CONNECTED, round trip ")
                    .contains(" ms, loss 0.0 %, in the last second ")
                    .contains(", 1 messages wait to leave and 0 to be received, ")
                    .endsWith(" bytes a second")
                    .doesNotContain("\n");
            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofSeconds(1));
            assertThat(pair.client.carrier.statusReport(id)).isEqualTo(id + " is over");
        }
    }

    @Test
    void aReportOfAllHasALineForEachConnection() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            assertThat(pair.client.carrier.statusReport()).isEqualTo("port 2018, 0 established, 0 in all, time 0 ms");
            ConnectionId id = pair.connected();
            ConnectionId other = pair.client.carrier.connect("10.0.0.9", Side.PORT);
            assertThat(pair.client.carrier.statusReport().lines())
                    .hasSize(3)
                    .element(1)
                    .asString()
                    .isEqualTo("  " + pair.client.carrier.statusReport(id));
            assertThat(pair.client.carrier.statusReport(ConnectionId.ALL))
                    .isEqualTo(pair.client.carrier.statusReport())
                    .contains("port 2018, 1 established, 2 in all")
                    .contains(other + " to 10.0.0.9|2018: CONNECTING");
        }
    }
}
