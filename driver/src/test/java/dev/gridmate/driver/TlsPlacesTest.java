package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DisconnectReason.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a connection with TLS leaves behind when it is turned away, or over: its place is free,
 * and nobody is called.
 */
class TlsPlacesTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static SimulatedPair secure(UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        return new SimulatedPair(config -> settings.apply(
                config.maxPacketSize(1000).tls(TlsFixture.serverTls().build())));
    }

    /** Lets all of them get as far as they get. */
    private static void handshakes(TlsPeer... peers) throws Exception {
        for (int i = 0; i < 30; i++) {
            for (TlsPeer each : peers) {
                if (!each.peer.isAtEnd()) {
                    each.move();
                }
            }
        }
    }

    // A handshake takes no place yet, or strangers could keep others out by silence.
    @Test
    void ofThoseWhoMakeTheirHandshakeForTheLastPlaceOneGetsItAgainAndAgain() throws Exception {
        try (SimulatedPair it = secure(config -> config.maxConnections(1))) {
            for (int i = 1; i <= 2; i++) {
                TlsPeer first = new TlsPeer(it, TlsPeer.TLS13);
                TlsPeer second = new TlsPeer(it, TlsPeer.TLS13);
                handshakes(first, second);
                assertThat(it.events.established).hasSize(i);
                assertThat(it.driver.numberOfConnections()).isEqualTo(1);
                assertThat(it.count(DriverCounter.TLS_HANDSHAKES)).isEqualTo(2L * i);
                assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isEqualTo(i);
                assertThat(it.count(DriverCounter.CONNECTIONS_ESTABLISHED)).isEqualTo(i);
                assertThat(it.driver.lastError())
                        .startsWith("nothing came of connection ")
                        .contains(" from 10.0.0.2|")
                        .endsWith("there is no place for it");
                assertThat(it.events.disconnected).as("no event tells of it").hasSize(i - 1);
                assertThat(it.serverHost.openEndpoints()).isEqualTo(1);
                Loopback.ok(it.driver.abort(it.last()));
                it.step(MOMENT);
            }
        }
    }

    // It had its place from the beginning, and those that only were to get one do not cost it that.
    @Test
    void whatThisSideConnectsToKeepsItsPlaceWhenTooManyMakeTheirHandshakesMeanwhile() throws Exception {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(2)
                        .tls(TlsFixture.serverTls().trustAnyServer().build()));
                GridMate others = new GridMate()) {
            StreamSocketDriver other = new StreamSocketDriver(
                    others,
                    Loopback.config()
                            .transport(it.peerHost)
                            .tls(TlsFixture.serverTls().build())
                            .build());
            Loopback.ok(other.initialize(AddressFamily.IPV4, null, 9));
            Loopback.ok(other.startListen(8));
            List<TlsPeer> came = List.of(new TlsPeer(it, TlsPeer.TLS13), new TlsPeer(it, TlsPeer.TLS13));
            it.step(MOMENT);
            SocketDriverAddress wanted = it.driver.createDriverAddress("10.0.0.2|9");
            Loopback.ok(it.driver.connectTo(wanted));
            Loopback.ok(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|10"))); // nobody is there
            it.gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
                    while (it.count(DriverCounter.TLS_HANDSHAKES) == 0) { // and no event fires in here
                        other.update();
                        it.step(MOMENT);
                    }
                    try {
                        handshakes(came.toArray(TlsPeer[]::new));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            for (int i = 0; i < 10; i++) {
                it.step(MOMENT);
            }
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES)).isEqualTo(3);
            assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isPositive();
            assertThat(it.events.failed).hasSize(1);
            assertThat(it.events.established).contains(wanted);
            assertThat(it.driver.isConnectedTo(wanted)).isTrue();
        }
    }

    @Test
    void anEndThatCameTogetherWithTheLastPacketsEndsNoWaitWhenItWasTold() throws Exception {
        for (boolean notified : new boolean[] {true, false}) {
            try (SimulatedPair it = secure(config -> config)) {
                for (int i = 1; i <= 2; i++) {
                    TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                    assertThat(peer.handshake()).isTrue();
                    peer.send(frames(3, 10));
                    if (notified) {
                        peer.closes();
                    } else {
                        peer.peer.shutdownOutput();
                    }
                    it.step(MOMENT);
                    it.step(MOMENT);
                    assertThat(it.driver.receive((from, packet) -> {}, 10)).isEqualTo(3);
                    it.step(MOMENT);
                    it.step(MOMENT);
                    assertThat(it.events.disconnected).hasSize(i);
                    assertThat(it.lastCode()).isEqualTo(notified ? Code.REMOTE_CLOSED : Code.REMOTE_TRUNCATED);
                    assertThat(it.driver.tlsSession(it.last())).isNull();
                    assertThat(it.driver.update()).isZero();
                    assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
                }
            }
        }
    }

    @Test
    void aBadRecordRightBehindTheLastPacketsEndsNoWaitWhenItWasTold() throws Exception {
        byte[] badRecord = {23, 3, 3, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        try (SimulatedPair it = secure(config -> config)) {
            for (int i = 1; i <= 2; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                assertThat(peer.handshake()).isTrue();
                peer.send(frames(3, 10));
                peer.sendRaw(badRecord);
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(it.driver.receive((from, packet) -> {}, 10)).isEqualTo(3);
                it.step(MOMENT);
                assertThat(it.events.disconnected).hasSize(i);
                assertThat(it.lastCode()).isEqualTo(Code.TLS_FAILED);
                assertThat(it.driver.update()).isZero();
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            }
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatComesRightBehindACloseNotifyIsNotLookedAt() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            for (int i = 1; i <= 2; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                assertThat(peer.handshake()).isTrue();
                peer.engine.closeOutbound();
                peer.send();
                peer.sendRaw(new byte[100]);
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(it.events.disconnected).hasSize(i);
                assertThat(it.lastCode()).isEqualTo(Code.REMOTE_CLOSED);
            }
        }
    }

    @Test
    void whoIsNotReadSinceItsBufferIsFullEndsNoWaitAlthoughOpenedBytesAreHere() throws Exception {
        try (SimulatedPair it = secure(config -> config.maxPacketSize(100).inboundBufferSize(102))) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(peer.handshake()).isTrue();
            peer.send(frames(5, 100)); // one record, of which the buffer takes 128 bytes
            it.step(MOMENT);
            it.step(MOMENT);
            for (int i = 1; i <= 5; i++) {
                int received = 0;
                for (int turn = 0; turn < 5 && received == 0; turn++) {
                    it.driver.update();
                    received = it.driver.receive((from, packet) -> {}, 1);
                }
                assertThat(received).isEqualTo(1);
            }
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            assertThat(it.driver.update()).isZero();
        }
    }

    @Test
    void aTaskThatEndsWhenItsConnectionIsOverEndsOneWaitAndNoOther() throws Exception {
        List<Runnable> tasks = new ArrayList<>();
        try (SimulatedPair it = new SimulatedPair(config -> config.tls(TlsFixture.serverTls()
                .handshakeExecutor(tasks::add)
                .handshakeTimeout(SECOND)
                .build()))) {
            for (int i = 1; i <= 2; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                it.network.advance(MOMENT);
                peer.send(); // its hello
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(tasks).hasSize(1);
                it.pass(SECOND);
                assertThat(it.count(DriverCounter.TIMEOUTS)).isEqualTo(i);
                tasks.remove(0).run();
                assertThat(it.waitFor(SECOND)).as("it was woken").isZero();
                assertThat(it.driver.update()).isZero();
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            }
        }
    }

    @Test
    void ofThoseWhoComeTogetherForOnePlaceOfAHandshakeOneIsLetInAndNobodyGivesWay() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.tls(TlsFixture.serverTls().maxHandshakes(1).build()))) {
            for (int i = 0; i < 3; i++) {
                it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            }
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(1);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
        }
    }

    // Were it remembered once more each time, there would be twice as much to do in each update.
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoIsPutOffAgainAndAgainIsRememberedOnce() throws Exception {
        try (SimulatedPair it = new SimulatedPair(config -> config.tls(
                TlsFixture.serverTls().handshakeBudget(Duration.ofNanos(1)).build()))) {
            List<TlsPeer> peers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                it.network.advance(MOMENT);
                peer.send(); // its hello
                peers.add(peer);
            }
            for (int i = 0; i < 100; i++) {
                it.driver.update();
            }
            it.network.advance(MOMENT);
            for (TlsPeer each : peers) {
                assertThat(each.recordSizes()).as("an answer").isNotEmpty();
            }
        }
    }

    // The original sends no close_notify.
    @Test
    void withTheCompatibleProfileAStreamThatEndsBehindAWholeRecordIsClosedAndNotCutOff() throws Exception {
        for (boolean whole : new boolean[] {true, false}) {
            try (SimulatedPair it = new SimulatedPair(config -> config.tls(TlsFixture.rsaServerTls()
                    .profile(TlsProfile.GRIDMATE_COMPATIBLE)
                    .build()))) {
                TlsPeer peer = new TlsPeer(
                        it,
                        TlsPeer.TLS12,
                        "none",
                        it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT)),
                        TlsFixture.RSA);
                assertThat(peer.handshake()).isTrue();
                peer.send(frames(1, 10));
                if (!whole) {
                    peer.sendRaw((byte) 23, (byte) 3, (byte) 3);
                }
                peer.peer.shutdownOutput();
                for (int i = 0; i < 6; i++) {
                    it.step(MOMENT);
                    it.driver.receive((from, packet) -> {}, 10);
                }
                assertThat(it.lastCode()).isEqualTo(whole ? Code.REMOTE_CLOSED : Code.REMOTE_TRUNCATED);
            }
        }
    }
}
