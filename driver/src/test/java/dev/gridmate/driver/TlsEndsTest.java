package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections with TLS end: who is told that nothing is cut off, and who is told why. */
class TlsEndsTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private static SimulatedPair secure(UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        return new SimulatedPair(config -> settings.apply(
                config.maxPacketSize(1000).tls(TlsFixture.serverTls().build())));
    }

    private static TlsPeer connected(SimulatedPair it, String version) throws Exception {
        int before = it.driver.numberOfConnections();
        TlsPeer peer = new TlsPeer(it, version);
        assertThat(peer.handshake()).isTrue();
        assertThat(it.driver.numberOfConnections()).isEqualTo(before + 1);
        return peer;
    }

    private static List<byte[]> receiveAll(SimulatedPair it) {
        List<byte[]> received = new ArrayList<>();
        it.driver.receive((from, packet) -> received.add(DriverPair.copy(packet)), 1000);
        return received;
    }

    /** The peer was told that what it has is all there was, and then the connection ended. */
    private static void assertOrderlyEnd(TlsPeer peer, byte[] expected) throws SSLException {
        assertThat(peer.read()).isEqualTo(expected);
        assertThat(peer.engine.isInboundDone()).as("close_notify came").isTrue();
        assertThat(peer.peer.read(1)).isEmpty();
        assertThat(peer.peer.isAtEnd()).as("and the FIN behind it").isTrue();
        assertThat(peer.peer.isReset()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void closingTheDriverSendsWhatWaitsAndACloseNotify(String version) throws Exception {
        SimulatedPair it = secure(config -> config);
        TlsPeer quiet = connected(it, version);
        TlsPeer other = connected(it, version);
        ok(it.driver.send(it.last(), buffer(0, 100)));
        it.gridMate.close();
        it.network.advance(MOMENT);
        assertOrderlyEnd(quiet, new byte[0]);
        assertOrderlyEnd(other, frame(packet(0, 100)));
        assertThat(it.serverHost.openEndpoints()).isZero();
    }

    @Test
    void everyEndThatIsNoAbortSendsACloseNotify() throws Exception {
        try (SimulatedPair it = secure(config -> config.idleTimeout(Duration.ofSeconds(1)))) {
            TlsPeer idle = connected(it, TlsPeer.TLS13);
            it.pass(Duration.ofMillis(1100));
            assertThat(it.lastCode()).isEqualTo(Code.IDLE_TIMEOUT);
            assertOrderlyEnd(idle, new byte[0]);

            TlsPeer bad = connected(it, TlsPeer.TLS13);
            bad.send((byte) 0, (byte) 0);
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastCode()).isEqualTo(Code.PROTOCOL_ERROR);
            assertOrderlyEnd(bad, new byte[0]);

            TlsPeer closing = connected(it, TlsPeer.TLS13);
            closing.engine.closeOutbound();
            closing.send();
            closing.peer.shutdownOutput();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastCode()).isEqualTo(Code.REMOTE_CLOSED);
            assertOrderlyEnd(closing, new byte[0]);
        }
    }

    @Test
    void anAbortSendsNothingButTheReset() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            peer.read();
            ok(it.driver.abort(it.last()));
            it.step(MOMENT);
            assertThat(peer.peer.isReset()).isTrue();
            assertThat(peer.read()).isEmpty();
            assertThat(peer.engine.isInboundDone()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void aDisconnectSendsOneCloseNotifyAndTheFinBehindIt(String version) throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            TlsPeer peer = connected(it, version);
            peer.read();
            ok(it.driver.send(it.last(), buffer(0, 100)));
            ok(it.driver.disconnectFrom(it.last()));
            it.step(MOMENT);
            it.step(MOMENT);
            assertOrderlyEnd(peer, frame(packet(0, 100)));
            assertThat(it.events.disconnected).as("the peer has not closed yet").isEmpty();
            peer.peer.shutdownOutput(); // without a close_notify, which nobody needs any more
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastReason()).isEqualTo(DisconnectReason.of(Code.LOCAL_CLOSED, "closed by this side"));
            assertThat(peer.peer.isReset()).isFalse();
            assertThat(peer.recordSizes()).as("nothing behind it").isEmpty();
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void theFinOfADisconnectComesBehindTheCloseNotifyAlsoWhenThePeerReadsSlowly() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            it.network.window(700);
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            for (int i = 0; i < 5; i++) {
                ok(it.driver.send(it.last(), buffer(i, 1000)));
            }
            ok(it.driver.disconnectFrom(it.last()));
            byte[] all = new byte[0];
            for (int i = 0; i < 100 && !peer.engine.isInboundDone(); i++) {
                it.step(MOMENT);
                all = concat(all, peer.read());
            }
            assertThat(all).isEqualTo(frames(5, 1000));
            assertThat(peer.engine.isInboundDone()).isTrue();
            it.step(MOMENT);
            assertThat(peer.peer.read(1)).isEmpty();
            assertThat(peer.peer.isAtEnd()).isTrue();
        }
    }

    private static byte[] concat(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    @Test
    void aPeerThatClosesItsSideCanStillBeSentTo() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            it.network.window(700);
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            peer.read();
            for (int i = 0; i < 5; i++) {
                ok(it.driver.send(it.last(), buffer(i, 1000)));
            }
            it.step(MOMENT);
            peer.send(frame(packet(9, 10)));
            peer.engine.closeOutbound();
            peer.send();
            peer.peer.shutdownOutput();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(receiveAll(it)).containsExactly(packet(9, 10));
            assertThat(it.waitFor(Duration.ofSeconds(1)))
                    .as("nothing to do until the peer reads")
                    .isEqualTo(Duration.ofSeconds(1));
            byte[] all = new byte[0];
            for (int i = 0; i < 100 && !peer.peer.isAtEnd(); i++) {
                all = concat(all, peer.read());
                it.step(MOMENT);
            }
            assertThat(all).isEqualTo(frames(5, 1000));
            assertThat(it.lastReason())
                    .isEqualTo(DisconnectReason.of(Code.REMOTE_CLOSED, "the peer closed the connection"));
        }
    }

    @Test
    void aPeerThatClosesInTls12EndsBothDirectionsAndTheReasonCountsWhatNeverLeft() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            TlsPeer peer = connected(it, TlsPeer.TLS12);
            peer.engine.closeOutbound();
            peer.send();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastCode()).isEqualTo(Code.REMOTE_CLOSED);
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void aStreamThatIsCutOffIsTruncatedAndWhatCameWholeIsReceived() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            for (int i = 1; i <= 2; i++) {
                TlsPeer peer = connected(it, TlsPeer.TLS13);
                peer.send(frames(2, 10));
                peer.peer.shutdownOutput();
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(receiveAll(it)).hasSize(2);
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(it.events.disconnected).hasSize(i);
                assertThat(it.lastReason())
                        .isEqualTo(DisconnectReason.of(
                                Code.REMOTE_TRUNCATED,
                                "the connection ended without the peer's close_notify: something may be cut off"));
                assertThat(peer.peer.isReset()).isTrue();
                assertThat(it.driver.tlsSession(it.last())).as("it is over").isNull();
            }
        }
    }

    @Test
    void aPeerWhoseRecordWasChangedIsToldSo() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            TlsPeer peer = connected(it, TlsPeer.TLS13);
            peer.read();
            peer.send(frame(packet(0, 10)));
            peer.damagedByte = peer.sent.size() + 20;
            peer.send(frame(packet(1, 10)));
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(receiveAll(it)).as("the one before it").containsExactly(packet(0, 10));
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.lastCode()).isEqualTo(Code.TLS_FAILED);
            assertThat(it.lastReason().detail())
                    .startsWith("what the peer sent is not TLS, or was changed on its way: ");
            assertThatThrownBy(peer::read).isInstanceOf(SSLException.class).hasMessageContaining("bad_record_mac");
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES)).isEqualTo(1);
        }
    }

    @Test
    void aPeerWhoseHelloIsNoneIsToldSoAndCounted() {
        try (SimulatedPair it = secure(config -> config)) {
            for (int i = 1; i <= 2; i++) {
                SimulatedPeer peer = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
                it.step(MOMENT);
                peer.write(new byte[] {22, 3, 1, 0, 4, 99, 0, 0, 0});
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(peer.read(5)).as("a record with an alert").startsWith((byte) 21, (byte) 3);
                assertThat(peer.read(2)[0]).as("fatal").isEqualTo((byte) 2);
                assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(i);
                assertThat(it.driver.lastError()).contains("TLS_FAILED");
                assertThat(it.serverHost.openEndpoints()).isZero();
            }
            assertThat(it.events.reasons).isEmpty();
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(2);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES)).isZero();
        }
    }

    @Test
    void aPeerThatLeavesDuringTheHandshakeIsToldFromOneThatNeverSpoke() throws Exception {
        try (SimulatedPair it = secure(config -> config)) {
            SimulatedPeer silent = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.step(MOMENT);
            silent.close();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.driver.lastError())
                    .endsWith("the peer closed the connection in the middle of the handshake before it said anything");
            for (int bytes : new int[] {3, 200}) {
                TlsPeer leaving = new TlsPeer(it, TlsPeer.TLS13);
                leaving.sendsAtMost = bytes;
                leaving.handshake();
                leaving.peer.shutdownOutput();
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(it.driver.lastError())
                        .endsWith("the peer closed the connection in the middle of the handshake");
            }
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(3);
            assertThat(it.count(DriverCounter.TIMEOUTS)).isZero();
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void aConnectThatIsRefusedBeforeAnyHandshakeIsNoFailedHandshakeAndOneBehindItIs() {
        try (SimulatedPair plain = new SimulatedPair(config -> config);
                StreamSocketDriver client = new StreamSocketDriver(
                        plain.gridMate,
                        Loopback.config()
                                .transport(plain.peerHost)
                                .tls(TlsFixture.clientTls().build())
                                .build())) {
            ok(client.initialize(AddressFamily.IPV4));
            ok(client.connectTo(client.createDriverAddress("10.0.0.1|9")));
            for (int i = 0; i < 3; i++) {
                plain.step(MOMENT);
                client.update();
            }
            assertThat(plain.lastReason()).isEqualTo(DisconnectReason.of(Code.CONNECT_FAILED, "Connection refused"));
            assertThat(client.counter(DriverCounter.CONNECTS_FAILED)).isEqualTo(1);
            assertThat(client.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();

            ok(client.connectTo(client.createDriverAddress("10.0.0.1|" + SimulatedPair.PORT)));
            for (int i = 0; i < 3; i++) {
                client.update();
                plain.step(MOMENT);
            }
            ok(plain.driver.disconnectFrom(plain.last()));
            for (int i = 0; i < 3; i++) {
                plain.step(MOMENT);
                client.update();
            }
            assertThat(plain.events.failed).hasSize(2);
            assertThat(plain.events.reasons)
                    .anySatisfy(reason -> assertThat(reason)
                            .isEqualTo(DisconnectReason.of(
                                    Code.TLS_FAILED,
                                    "the peer closed the connection in the middle of the handshake before it said"
                                            + " anything: does it speak TLS, on this port?")));
            assertThat(client.counter(DriverCounter.CONNECTS_FAILED)).isEqualTo(2);
            assertThat(client.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
        }
    }
}
