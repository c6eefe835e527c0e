package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.snapshot.CarrierConnectionSnapshot;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.snapshot.SnapshotJson;
import dev.gridmate.snapshot.SnapshotRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a picture of a carrier shows. */
@Timeout(60)
class CarrierSnapshotTest {

    static CarrierSnapshot pictureOf(Carrier carrier) {
        CompletableFuture<CarrierSnapshot> asked = carrier.snapshot(SnapshotRequest.DEFAULT);
        carrier.update();
        return asked.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @EnumSource
    void eachConnectionIsShownWithItsLine(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            pair.network.latency(Duration.ofMillis(40));
            ConnectionId id = pair.connected();
            for (int i = 0; i < 20; i++) {
                pair.client.send("hello " + i, id, DataReliability.SEND_RELIABLE, 0);
                pair.run(Duration.ofMillis(50));
            }

            CarrierSnapshot picture = pictureOf(pair.client.carrier);

            assertThat(picture.source().kind()).isEqualTo("Carrier");
            assertThat(picture.source().localAddress()).endsWith("|" + Side.PORT);
            assertThat(picture.shared().driver()).isEqualTo(pair.client.driver.name());
            assertThat(picture.connections().byState()).isEqualTo(Map.of("CONNECTED", 1));
            CarrierConnectionSnapshot shown = picture.connections().top().get(0);
            assertThat(shown.number()).isEqualTo(id.number());
            assertThat(shown.address()).isEqualTo("10.0.0.1|" + Side.PORT);
            assertThat(shown.life().isOutgoing()).isTrue();
            assertThat(shown.traffic().packetsOut()).isGreaterThanOrEqualTo(20);
            assertThat(shown.line().roundTrip().smoothedNanos()).isBetween(80_000_000L, 120_000_000L);
            assertThat(shown.line().roundTrip().leastNanos()).isBetween(80_000_000L, 120_000_000L);
            assertThat(shown.line().window().bytes()).isPositive();
            assertThat(shown.line().queues()).containsOnlyKeys("HIGH", "NORMAL", "LOW");
            assertThat(shown.waiting().outMostBytes()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesThatTheProgramDoesNotReceiveWaitInThePicture(Side.Wire wire) {
        try (Pair pair = new Pair(wire)) {
            ConnectionId id = pair.connected();
            pair.server.isDeaf = true;
            pair.client.send("hello", id, DataReliability.SEND_RELIABLE, 0);
            pair.run(Duration.ofMillis(100));
            long waiting =
                    pictureOf(pair.server.carrier).connections().waiting().inBytes();
            pair.server.isDeaf = false;
            pair.run(Duration.ofMillis(100));
            CarrierSnapshot later = pictureOf(pair.server.carrier);

            assertThat(waiting).isGreaterThanOrEqualTo(5);
            assertThat(later.connections().waiting().inBytes()).isZero();
            assertThat(later.connections().top().get(0).waiting().inMostBytes()).isEqualTo(waiting);
        }
    }

    @Test
    void anEndIsShownWithItsReason() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            ConnectionId id = pair.connected();
            pair.client.carrier.disconnect(id);
            pair.run(Duration.ofSeconds(2));

            CarrierSnapshot picture = pictureOf(pair.server.carrier);

            assertThat(picture.ends().byReason()).isEqualTo(Map.of("USER_REQUESTED", 1L));
            assertThat(picture.ends().last().get(0).address()).isEqualTo("10.0.0.2|" + Side.PORT);
            assertThat(picture.ends().last().get(0).detail()).startsWith("the peer ended it");
        }
    }

    @Test
    void aPictureCanBeWrittenAsJson() {
        try (Pair pair = new Pair(Side.Wire.UDP)) {
            pair.connected();
            assertThat(SnapshotJson.of(pictureOf(pair.server.carrier)))
                    .startsWith("{\"source\":{\"name\":\"carrier")
                    .contains("\"byState\":{\"CONNECTED\":1}")
                    .endsWith("}}");
        }
    }

    @Test
    void aCarrierThatClosesGivesALastPicture() {
        Pair pair = new Pair(Side.Wire.UDP);
        pair.connected();
        CompletableFuture<CarrierSnapshot> asked = pair.server.carrier.snapshot(SnapshotRequest.DEFAULT);
        pair.close();

        CarrierSnapshot last = asked.orTimeout(30, TimeUnit.SECONDS).join();
        assertThat(last.ends().byReason()).isEqualTo(Map.of("SHUTTING_DOWN", 1L));
        assertThat(pair.server.carrier.snapshot(SnapshotRequest.DEFAULT)).isCompletedExceptionally();
    }
}
