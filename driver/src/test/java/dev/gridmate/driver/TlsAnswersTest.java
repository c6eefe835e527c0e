package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What TLS does between the packets: it answers a peer that asks for new keys, reads on while there
 * is more, and calls the loop when an executor is done.
 */
class TlsAnswersTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static SimulatedPair secure(
            UnaryOperator<StreamSocketDriverConfig.Builder> settings, UnaryOperator<TlsConfig.Builder> tls) {
        return new SimulatedPair(config -> settings.apply(
                config.maxPacketSize(1000).tls(tls.apply(TlsFixture.serverTls()).build())));
    }

    private static TlsPeer connected(SimulatedPair it) throws Exception {
        TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
        assertThat(peer.handshake()).isTrue();
        peer.read();
        return peer;
    }

    private static int receive(SimulatedPair it) {
        return it.driver.receive((from, packet) -> {}, 1000);
    }

    // Three whole records wait, and the network takes next to nothing of them. So there is no room
    // for an answer. What the peer sent behind its request is here, and no other byte will come.
    @Test
    void whatCameBehindARequestForKeysIsHeardWhenTheAnswerHasRoomAgainAndAgain() throws Exception {
        try (SimulatedPair it = secure(config -> config.outboundBufferSize(400_000), tls -> tls)) {
            it.network.window(100);
            TlsPeer peer = connected(it);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 60; i++) {
                    ok(it.driver.send(it.last(), buffer(i, 1000)));
                }
                it.driver.flush();
                peer.engine.beginHandshake();
                peer.send();
                peer.send(frame(packet(7, 10)));
                for (int i = 0; i < 3; i++) {
                    it.step(MOMENT);
                }
                assertThat(receive(it)).as("it is not read either").isZero();
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
                assertThat(it.driver.update()).isZero();
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int i = 0; i < 3000 && all.size() < 60 * 1002; i++) {
                    all.writeBytes(peer.read());
                    it.step(MOMENT);
                }
                assertThat(all.toByteArray()).isEqualTo(frames(60, 1000));
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(receive(it)).as("all has left").isEqualTo(1);
                peer.read();
                assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
                assertThat(it.driver.update()).isZero();
            }
        }
    }

    // Nobody is named by the network here, and yet there is room for the answer.
    @Test
    void whatCameBehindARequestForKeysIsHeardAlsoIfTheProgramsOwnFlushMakesTheRoom() throws Exception {
        try (SimulatedPair it = secure(config -> config.outboundBufferSize(400_000), tls -> tls)) {
            it.network.window(100);
            TlsPeer peer = connected(it);
            for (int i = 0; i < 60; i++) {
                ok(it.driver.send(it.last(), buffer(i, 1000)));
            }
            it.driver.flush();
            peer.engine.beginHandshake();
            peer.send();
            peer.send(frame(packet(7, 10)));
            for (int i = 0; i < 3; i++) {
                it.step(MOMENT);
            }
            assertThat(receive(it)).isZero();
            for (int i = 0; i < 1000; i++) {
                peer.read();
                it.network.advance(MOMENT);
                ok(it.driver.send(it.last(), buffer(i, 10)));
                it.driver.flush();
            }
            assertThat(it.waitFor(SECOND)).as("there is something to do").isZero();
            it.driver.update();
            assertThat(receive(it)).isEqualTo(1);
        }
    }

    @Test
    void whoIsAbortedWithOpenedBytesThatNobodyTookEndsNoWait() throws Exception {
        try (SimulatedPair it = secure(config -> config.maxPacketSize(100).inboundBufferSize(102), tls -> tls)) {
            TlsPeer peer = connected(it);
            peer.send(frames(5, 100)); // one record, of which the buffer takes a part
            it.step(MOMENT);
            it.step(MOMENT);
            ok(it.driver.abort(it.last()));
            it.step(MOMENT);
            receive(it);
            it.step(MOMENT);
            assertThat(it.driver.numberOfConnections()).isZero();
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
            assertThat(it.driver.update()).isZero();
        }
    }

    @Test
    void allThatWaitsIsReadInOneUpdateAlsoIfItIsMoreThanOneBufferOfRecords() throws Exception {
        try (SimulatedPair it = secure(config -> config.inboundBufferSize(200_000), tls -> tls)) {
            it.network.window(100_000);
            TlsPeer peer = connected(it);
            for (int i = 0; i < 100; i += 10) {
                peer.send(Arrays.copyOfRange(frames(100, 1000), i * 1002, (i + 10) * 1002)); // a record
            }
            it.driver.update();
            assertThat(it.count(DriverCounter.BYTES_IN)).isEqualTo(100 * 1002);
            assertThat(receive(it)).isEqualTo(100);
        }
    }

    // A hello, and then warnings that say nothing. The JDK takes as many as there are.
    @Test
    void aHandshakeMayHaveSoManyRecordsAndNoMore() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS12);
            it.step(MOMENT);
            peer.send();
            byte[] warning = {21, 3, 3, 0, 2, 1, 90}; // "user canceled"
            for (int i = 1; i < 256; i++) {
                peer.sendRaw(warning);
            }
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
            peer.sendRaw(warning);
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
            assertThat(it.driver.lastError()).endsWith("the peer's handshake has more than 256 records");
        }
    }

    @Test
    void aHandshakeMayHaveSoManyBytesAndNoMore() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS12);
            it.step(MOMENT);
            peer.send();
            byte[] unknown = new byte[5 + 16_000]; // TLS 1.2 knows no record of this kind
            byte[] head = {22, 3, 3, 0x3e, (byte) 0x80, 20, 0, 0x3e, 0x7c};
            System.arraycopy(head, 0, unknown, 0, head.length);
            for (int i = 0; i < 20 && it.count(DriverCounter.TLS_HANDSHAKES_FAILED) == 0; i++) {
                peer.sendRaw(unknown);
                it.step(MOMENT);
            }
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isEqualTo(1);
        }
    }

    @Test
    void theEndOfATaskInAnExecutorEndsTheWaitOfTheLoop() throws Exception {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        try (SimulatedPair it = secure(config -> config, tls -> tls.handshakeExecutor(tasks::add))) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            int done = 0;
            for (int i = 0; i < 30; i++) {
                peer.move();
                it.driver.update();
                Runnable task = tasks.poll();
                if (task != null) {
                    assertThat(it.waitFor(SECOND)).as("the task is not done").isEqualTo(SECOND);
                    task.run();
                    it.driver.update(); // goes on; the network has nothing
                    assertThat(it.waitFor(SECOND)).as("it was woken").isZero();
                    done++;
                }
            }
            assertThat(done).isPositive();
            assertThat(it.driver.numberOfConnections()).isEqualTo(1);
            assertThat(it.waitFor(SECOND)).isEqualTo(SECOND);
        }
    }

    @Test
    void aPacketCostsOneReadOfTheSystemAsWithoutTls() throws Exception {
        CountingTransport network = new CountingTransport();
        try (Loopback server = Loopback.server(Loopback.config()
                        .tls(TlsFixture.serverTls().build())
                        .transport(() -> network)
                        .build());
                Loopback client = server.unconnectedClient(TlsFixture.config(TlsFixture.clientTls()))) {
            ok(client.driver.connectTo(client.addressOf(server)));
            server.until(() -> !client.events.established.isEmpty() && !server.events.established.isEmpty());
            network.take();
            for (int i = 1; i <= 20; i++) {
                ok(client.driver.send(client.addressOf(server), buffer(i, 64)));
                client.driver.flush();
                int packets = i;
                server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == packets);
                assertThat(server.driver.receive((from, packet) -> {}, 10)).isEqualTo(1);
            }
            CountingTransport.Calls calls = network.take();
            assertThat(calls.reads()).isEqualTo(20);
            assertThat(calls.emptyReads()).isZero();
        }
    }

    // A loop that asked the engine again and again for its task would do so for the whole budget.
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoSpeaksWhileAnExecutorWorksForItKeepsNobodyBusy() throws Exception {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        try (SimulatedPair it = secure(
                config -> config, tls -> tls.handshakeExecutor(tasks::add).handshakeBudget(Duration.ofDays(1)))) {
            TlsPeer peer = new TlsPeer(it, TlsPeer.TLS13);
            for (int i = 0; i < 10; i++) {
                peer.move();
            }
            assertThat(tasks).hasSize(1);
            peer.sendRaw((byte) 23);
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(tasks).hasSize(1);
            assertThat(it.count(DriverCounter.TLS_HANDSHAKES_FAILED)).isZero();
            assertThat(it.waitFor(Duration.ofSeconds(1)))
                    .as("its bytes are here, and end no wait")
                    .isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void newKeysAreAnsweredInTheUpdateThatHearsOfThem() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = connected(it);
            peer.engine.beginHandshake();
            peer.send();
            it.driver.update();
            it.network.advance(MOMENT);
            assertThat(peer.recordSizes()).hasSize(1);
        }
    }

    @Test
    void aDisconnectSaysGoodbyeInItsOwnUpdate() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = connected(it);
            ok(it.driver.disconnectFrom(it.last()));
            it.driver.update();
            it.network.advance(MOMENT);
            assertThat(peer.read()).isEmpty();
            assertThat(peer.engine.isInboundDone()).as("close_notify").isTrue();
            peer.peer.read(1);
            assertThat(peer.peer.isAtEnd()).as("and the FIN").isTrue();
        }
    }

    @Test
    void aConnectionThatEndedShowsNoSessionAlthoughPacketsOfItWait() throws Exception {
        try (SimulatedPair it = secure(config -> config, tls -> tls)) {
            TlsPeer peer = connected(it);
            assertThat(it.driver.tlsSession(it.last())).isNotNull();
            peer.send(frames(3, 10));
            peer.peer.shutdownOutput();
            for (int i = 0; i < 3; i++) {
                it.step(MOMENT);
            }
            assertThat(it.events.disconnected).isEmpty();
            assertThat(it.driver.tlsSession(it.last())).isNull();
            assertThat(receive(it)).isEqualTo(3);
        }
    }

    // Fifty thousand bytes are sealed at a time. Here they need minutes, and each second some go.
    @Test
    void aPeerThatTakesALittleEachSecondIsNotGivenUp() throws Exception {
        try (SimulatedPair it =
                secure(config -> config.outboundBufferSize(200_000).writeTimeout(Duration.ofSeconds(3)), tls -> tls)) {
            it.network.window(500);
            TlsPeer peer = connected(it);
            for (int i = 0; i < 100; i++) {
                ok(it.driver.send(it.last(), buffer(i, 1000)));
            }
            for (int i = 0; i < 30; i++) {
                peer.peer.read(1000);
                it.pass(SECOND);
            }
            assertThat(it.events.disconnected).isEmpty();
            it.pass(Duration.ofSeconds(4));
            assertThat(it.events.disconnected).as("it takes nothing any more").hasSize(1);
        }
    }
}
