package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.frame;
import static dev.gridmate.driver.Packets.packet;
import static dev.gridmate.driver.TlsFixture.clientTls;
import static dev.gridmate.driver.TlsFixture.config;
import static dev.gridmate.driver.TlsFixture.outcome;
import static dev.gridmate.driver.TlsFixture.serverTls;
import static dev.gridmate.driver.TlsFixture.simulated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes that are cut, stall, meet plaintext, or are many at once. */
class TlsHandshakeTest {

    @ParameterizedTest
    @ValueSource(strings = {TlsPeer.TLS12, TlsPeer.TLS13})
    void aHandshakeCutAtAnyByteIsNoConnectionAndLeavesNothing(String version) throws Exception {
        int all;
        try (SimulatedPair it = simulated(tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, version);
            assertThat(peer.handshake()).isTrue();
            all = peer.sent.size();
            assertThat(it.events.established).hasSize(1);
        }
        try (SimulatedPair it = simulated(tls -> tls)) {
            int cuts = 0;
            for (int at = 0; at < all - 8; at++) { // records differ by a few bytes
                TlsPeer peer = new TlsPeer(it, version);
                peer.sendsAtMost = at;
                peer.handshake();
                assertThat(it.events.established).as("cut at %d of %d", at, all).isEmpty();
                peer.peer.shutdownOutput();
                it.pass(Duration.ofMillis(30));
                cuts++;
                assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED))
                        .as("cut at %d", at)
                        .isEqualTo(cuts);
                assertThat(it.driver.lastError()).contains("in the middle of the handshake");
                peer.peer.close();
            }
            it.pass(Duration.ofMillis(50));
            assertThat(it.serverHost.openEndpoints()).as("endpoints").isZero();
            assertThat(it.events.reasons).isEmpty();
        }
    }

    @Test
    void aPeerThatStopsInTheMiddleOfItsHandshakeIsGivenUpAtTheDeadline() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls.handshakeTimeout(Duration.ofSeconds(3)))) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            peer.sendsAtMost = 100;
            peer.handshake();
            it.pass(Duration.ofMillis(2900));
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
            it.pass(Duration.ofMillis(200));
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
            assertThat(it.driver.counter(DriverCounter.TIMEOUTS)).isEqualTo(1);
            assertThat(it.driver.lastError()).contains("HANDSHAKE_TIMEOUT");
            assertThat(it.events.reasons).isEmpty();
            assertThat(it.serverHost.openEndpoints()).isZero();
        }
    }

    @Test
    void aPeerInPlaintextIsToldFromOneInTlsByItsFirstByte() {
        try (SimulatedPair it = simulated(tls -> tls)) {
            SimulatedPeer plain = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.network.advance(Duration.ofMillis(1));
            plain.write(frame(packet(1, 30)));
            it.pass(Duration.ofMillis(20));
            assertThat(it.driver.lastError()).contains("the peer does not speak TLS: it begins with 00 1e");
            plain.write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(it.events.established).isEmpty();
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
        }
    }

    @Test
    void aServerInPlaintextIsToldFromOneInTls() {
        try (Loopback server =
                        Loopback.server(Loopback.config().maxPacketSize(1000).build());
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !client.events.reasons.isEmpty() && !server.events.reasons.isEmpty());
            assertThat(client.events.reasons.get(0).detail()).contains("does it speak TLS, on this port?");
            assertThat(server.events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.PACKET_TOO_LARGE);
        }
    }

    @Test
    void aServerThatTakesTheConnectionAndSaysNothingIsToldFromOneThatIsNotThere() {
        assertThat(connectTimeout(Faults.NONE))
                .isEqualTo("the peer took the connection, and made no TLS handshake (does it speak TLS, on this port?)"
                        + " for PT3S");
        Faults nobodyAnswers = Faults.NONE.withConnectsBlackHoled(1);
        assertThat(connectTimeout(nobodyAnswers)).isEqualTo("no answer for PT3S");
    }

    /**
     * Connects with TLS to a driver without it, which takes the hello for a part of a packet;
     * returns what is said.
     */
    private static String connectTimeout(Faults faults) {
        try (SimulatedPair plain = new SimulatedPair(config -> config);
                GridMate gridMate = new GridMate();
                StreamSocketDriver client = new StreamSocketDriver(
                        gridMate,
                        Loopback.config()
                                .transport(plain.peerHost)
                                .connectTimeout(Duration.ofSeconds(3))
                                .tls(clientTls().build())
                                .build())) {
            Recorder events = Recorder.on(gridMate);
            plain.network.faults(faults);
            ok(client.initialize(AddressFamily.IPV4));
            ok(client.connectTo(client.createDriverAddress(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT))));
            for (int i = 0; i < 400 && events.reasons.isEmpty(); i++) {
                plain.step(Duration.ofMillis(10));
                client.update();
            }
            assertThat(events.reasons.get(0).code()).isEqualTo(DisconnectReason.Code.CONNECT_TIMEOUT);
            return events.reasons.get(0).detail();
        }
    }

    @Test
    void twoHundredStalledHandshakesDoNotKeepAnHonestClientOut() throws Exception {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxConnections(10)
                .tls(serverTls()
                        .maxHandshakes(20)
                        .handshakeTimeout(Duration.ofSeconds(5))
                        .build()))) {
            List<TlsPeer> stalled = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
                peer.sendsAtMost = 50;
                stalled.add(peer);
                if (i < 16) {
                    peer.handshake();
                }
            }
            TlsPeer honest = new TlsPeer(it, TlsPeer.TLS13);
            long start = it.driver.nanoTime();
            // The backlog of the simulated system is 16, so whoever is behind it comes later, as
            // with a real one.
            while (it.events.established.isEmpty() && it.driver.nanoTime() - start < 10_000_000_000L) {
                if (!honest.peer.isConnected()) {
                    honest = new TlsPeer(it, TlsPeer.TLS13);
                }
                honest.handshake();
            }
            assertThat(Duration.ofNanos(it.driver.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            it.pass(Duration.ofSeconds(60)); // those that the full backlog had turned away come back now and then
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            assertThat(it.serverHost.openEndpoints())
                    .as("only the honest one is left")
                    .isEqualTo(1);
            assertThat(stalled).hasSize(200);
        }
    }

    @Test
    void handshakesTakeNoPlacesOfConnectionsAndTheLastPlaceGoesToTheFirstThatIsDone() throws Exception {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxConnections(1).tls(serverTls().build()))) {
            TlsPeer stalled = new TlsPeer(it, TlsPeer.TLS13);
            stalled.sendsAtMost = 50;
            stalled.handshake();
            TlsPeer first = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(first.handshake()).isTrue();
            assertThat(it.events.established).hasSize(1);
            assertThat(it.driver.connectTo(it.driver.createDriverAddress("10.0.0.2|9")))
                    .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
            stalled.sendsAtMost = Integer.MAX_VALUE;
            stalled.sendRaw(Arrays.copyOfRange(stalled.sent.toByteArray(), 50, stalled.sent.size()));
            try {
                stalled.handshake();
            } catch (SSLException e) {
                assertThat(e).isNotNull();
            }
            it.pass(Duration.ofMillis(50));
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            assertThat(it.driver.counter(DriverCounter.CONNECTIONS_REJECTED)).isEqualTo(1);
            assertThat(it.serverHost.openEndpoints()).isEqualTo(1);
        }
    }

    @Test
    void anExecutorDoesTheExpensivePartAndTheLoopGoesOnMeanwhile() {
        ArrayBlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(100);
        try (Loopback server = Loopback.server(config(serverTls().handshakeExecutor(tasks::add)));
                Loopback client = server.unconnectedClient(config(clientTls()))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !tasks.isEmpty());
            for (int i = 0; i < 100; i++) {
                server.driver.update();
            }
            assertThat(server.events.established).isEmpty();
            server.until(() -> {
                Runnable task = tasks.poll();
                if (task != null) {
                    Thread other = new Thread(task);
                    other.start();
                    assertThat(server.driver.waitForData(Loopback.PATIENCE))
                            .as("its end wakes the loop")
                            .isTrue();
                }
                return !server.events.established.isEmpty();
            });
        }
    }

    @Test
    void whatAnExecutorRejectsIsDoneByTheLoop() {
        TlsConfig.Builder tls = serverTls().handshakeExecutor(task -> {
            throw new RejectedExecutionException("full");
        });
        assertThat(outcome(tls, clientTls())).isNull();
    }

    @Test
    void anUpdateLeavesHandshakesThatItsBudgetDoesNotCoverToTheNext() {
        try (Loopback server = Loopback.server(config(serverTls().handshakeBudget(Duration.ofNanos(1))))) {
            List<Loopback> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Loopback client = server.unconnectedClient(config(clientTls()));
                ok(client.driver.connectTo(client.addressOf(server)));
                clients.add(client);
            }
            server.until(() -> server.events.established.size() == 8);
            clients.forEach(Loopback::close);
        }
    }

    @Test
    void aPlaceForAHandshakeIsGivenBackHoweverItEnds() throws Exception {
        try (SimulatedPair it = simulated(tls -> tls.maxHandshakes(1).handshakeTimeout(Duration.ofSeconds(3)))) {
            TlsPeer made = new TlsPeer(it, TlsPeer.TLS13);
            assertThat(made.handshake()).isTrue();

            TlsPeer stopped = new TlsPeer(it, TlsPeer.TLS13);
            stopped.sendsAtMost = 50;
            stopped.handshake();
            it.pass(Duration.ofSeconds(4));
            assertThat(it.driver.counter(DriverCounter.TIMEOUTS)).isEqualTo(1);
            assertThat(new TlsPeer(it, TlsPeer.TLS13).handshake()).isTrue();

            TlsPeer damaged = new TlsPeer(it, TlsPeer.TLS13);
            damaged.damagedByte = 0;
            damaged.handshake();
            assertThat(new TlsPeer(it, TlsPeer.TLS13).handshake()).isTrue();

            TlsPeer left = new TlsPeer(it, TlsPeer.TLS13);
            left.sendsAtMost = 50;
            left.handshake();
            left.peer.close();
            it.pass(Duration.ofMillis(50));
            assertThat(new TlsPeer(it, TlsPeer.TLS13).handshake()).isTrue();

            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES)).isEqualTo(4);
            assertThat(it.driver.counter(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(3);
            assertThat(it.driver.numberOfConnections()).isEqualTo(4);
        }
    }
}
