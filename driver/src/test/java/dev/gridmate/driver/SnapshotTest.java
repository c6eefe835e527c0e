package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.DriverPair.Kind;
import dev.gridmate.snapshot.ConnectionSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.End;
import dev.gridmate.snapshot.SnapshotException;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotRequest.Sort;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a picture of a driver shows, and how it is asked for. */
@Timeout(60)
class SnapshotTest {

    static DriverSnapshot pictureOf(Driver driver) {
        return pictureOf(driver, SnapshotRequest.DEFAULT);
    }

    static DriverSnapshot pictureOf(Driver driver, SnapshotRequest request) {
        CompletableFuture<DriverSnapshot> asked = driver.snapshot(request);
        driver.update();
        return asked.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aPictureAgreesWithTheCounters(Kind kind) {
        try (DriverPair pair = new DriverPair(kind)) {
            pair.send(3, 100);
            pair.receive(3);

            DriverSnapshot picture = pictureOf(pair.server);

            assertThat(picture.counters())
                    .containsEntry("PACKETS_IN", pair.server.counter(DriverCounter.PACKETS_IN))
                    .hasSize(DriverCounter.values().length);
            assertThat(picture.counters().get("PACKETS_IN")).isEqualTo(3);
            assertThat(picture.loop().updates())
                    .isPositive()
                    .isEqualTo(picture.loop().durations().count());
            assertThat(picture.source().kind()).isEqualTo(pair.server.getClass().getSimpleName());
            assertThat(picture.source().localAddress()).isEqualTo(kind.ip(1) + "|" + pair.server.port());
            assertThat(picture.source().isListening()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "STREAM.*", mode = EnumSource.Mode.MATCH_ALL)
    void eachConnectionIsShownWithItsTraffic(Kind kind) {
        try (DriverPair pair = new DriverPair(kind)) {
            pair.send(3, 100);
            pair.until(() -> pair.server.counter(DriverCounter.PACKETS_IN) == 3);

            DriverSnapshot picture = pictureOf(pair.server);

            assertThat(picture.connections().byState()).isEqualTo(Map.of("ESTABLISHED", 1));
            assertThat(picture.connections().top()).hasSize(1);
            ConnectionSnapshot shown = picture.connections().top().get(0);
            assertThat(shown.address()).isEqualTo(pair.toClient.toString());
            assertThat(shown.life().isOutgoing()).isFalse();
            assertThat(shown.traffic().packetsIn()).isEqualTo(3);
            assertThat(shown.traffic().bytesIn()).isGreaterThanOrEqualTo(306);
            assertThat(shown.waiting().inMostBytes()).isGreaterThanOrEqualTo(102);
            assertThat(shown.tls() != null).isEqualTo(kind.isSecure());
        }
    }

    @Test
    void anEndIsShownWithItsReason() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            long number = ((StreamSocketDriver) pair.server).connectionNumber(pair.toClient);
            ((StreamSocketDriver) pair.server).abort(pair.toClient);
            pair.until(() -> ((StreamSocketDriver) pair.server).numberOfConnections() == 0);

            DriverSnapshot picture = pictureOf(pair.server);

            assertThat(picture.ends().byReason()).isEqualTo(Map.of("LOCAL_ABORTED", 1L));
            assertThat(picture.ends().last()).hasSize(1);
            End end = picture.ends().last().get(0);
            assertThat(end.number()).isEqualTo(number);
            assertThat(end.address()).isEqualTo(pair.toClient.toString());
            assertThat(end.detail()).isEqualTo("aborted by this side");
            assertThat(end.time()).isBeforeOrEqualTo(picture.source().time());
        }
    }

    @Test
    void onlyAsManyConnectionsAreShownAsWereAskedFor() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            DriverSnapshot picture = pictureOf(pair.server, new SnapshotRequest(Sort.AGE, 0));

            assertThat(picture.connections().top()).isEmpty();
            assertThat(picture.connections().count()).isEqualTo(1);
        }
    }

    @Test
    void equalRequestsShareOnePicture() throws Exception {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            CompletableFuture<DriverSnapshot> one = pair.server.snapshot(SnapshotRequest.DEFAULT);
            CompletableFuture<DriverSnapshot> other = pair.server.snapshot(SnapshotRequest.DEFAULT);
            one.cancel(true);
            pair.server.update();

            assertThat(other.get(30, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void tooManyDifferentRequestsAreRejected() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            for (int i = 0; i < 16; i++) {
                assertThat(pair.server.snapshot(new SnapshotRequest(Sort.RATE, i)))
                        .isNotDone();
            }
            assertThatThrownBy(() -> pair.server
                            .snapshot(new SnapshotRequest(Sort.RATE, 16))
                            .get(1, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("16 different pictures wait");
        }
    }

    @Test
    void aLoopThatStandsStillIsNamedInWords() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            pair.network.advance(Duration.ofSeconds(12));
            assertThatThrownBy(() -> pair.server.awaitSnapshot(SnapshotRequest.DEFAULT, Duration.ofMillis(1)))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageMatching("stream(-\\d+)?: the loop has not updated for 12 s");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aDriverThatClosesGivesALastPicture(Kind kind) throws Exception {
        DriverPair pair = new DriverPair(kind);
        CompletableFuture<DriverSnapshot> asked = pair.server.snapshot(SnapshotRequest.DEFAULT);
        pair.close();

        assertThat(asked.get(30, TimeUnit.SECONDS).connections().count()).isZero();
        assertThatThrownBy(() -> pair.server.snapshot(SnapshotRequest.DEFAULT).get(1, TimeUnit.SECONDS))
                .hasMessageContaining("is closed");
    }

    @Test
    void thereIsNoPictureBeforeTheBeginning() {
        try (Loopback server = Loopback.server();
                StreamSocketDriver early = new StreamSocketDriver(server.gridMate, 1, 1, 1, 1)) {
            assertThat(early.sinceUpdate()).isZero();
            assertThatThrownBy(() -> early.snapshot(SnapshotRequest.DEFAULT).get(1, TimeUnit.SECONDS))
                    .hasMessageContaining("not initialized");
        }
    }

    @Test
    void noTwoDriversHaveTheSameName() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            assertThat(pair.server.name()).isNotEqualTo(pair.client.name());
        }
    }

    @Test
    void theTimeOfALoopIsDividedBetweenNetworkHandlersWaitAndProgram() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            StreamSocketDriver client = (StreamSocketDriver) pair.client;
            DriverSnapshot before = pictureOf(client);
            assertThat(client.waitForData(Duration.ofDays(1))).isTrue(); // who asks wakes the loop
            client.subscribe(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
                    pair.network.advance(Duration.ofMillis(5)); // a slow handler
                }
            });
            ok(client.abort(pair.toServer));
            client.update();
            pair.network.advance(Duration.ofMillis(7)); // a slow program
            client.waitForData(Duration.ofMillis(16));
            DriverSnapshot after = pictureOf(client);

            var times = after.loop().times().since(before.loop().times());
            assertThat(times.handlerNanos()).isEqualTo(5_000_000);
            assertThat(times.programNanos()).isEqualTo(7_000_000);
            assertThat(times.updateNanos()).isZero();
            assertThat(times.waitNanos()).isEqualTo(16_000_000);
            assertThat(after.loop().durations().since(before.loop().durations()).mostNanos())
                    .isEqualTo(5_000_000);
            assertThat(after.rates(before).periodNanos()).isEqualTo(28_000_000);
        }
    }

    @Test
    void aBufferThatFillsUpIsShownAsWaiting() {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            ByteBuffer packet = ByteBuffer.allocate(1_000);
            ok(pair.server.send(pair.toClient, packet));
            DriverSnapshot before = pictureOf(pair.server);
            ok(pair.server.send(pair.toClient, packet));
            ok(pair.server.send(pair.toClient, packet));
            CompletableFuture<DriverSnapshot> asked = pair.server.snapshot(SnapshotRequest.DEFAULT);
            pair.server.update();
            var waiting = asked.orTimeout(30, TimeUnit.SECONDS).join().connections();

            assertThat(before.connections().waiting().outMostBytes()).isEqualTo(1_002);
            assertThat(waiting.top().get(0).waiting().outMostBytes()).isEqualTo(2_004);
            assertThat(waiting.waiting().outBytes()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "STREAM_TLS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aPictureSaysWhenTheCertificateEnds(Kind kind) {
        try (DriverPair pair = new DriverPair(kind)) {
            DriverSnapshot picture = pictureOf(pair.server);

            assertThat(picture.tls()).isNotNull();
            assertThat(picture.tls().subject()).startsWith("CN=");
            assertThat(picture.tls().notAfter()).isAfter(picture.source().time());
            assertThat(picture.tls().handshakesPending()).isZero();
        }
    }
}
