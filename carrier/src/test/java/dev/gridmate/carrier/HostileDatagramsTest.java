package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.DatagramFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What strangers and peers can do to a carrier with datagrams: cost it a counter and an event, and
 * at the worst their own connection. An honest peer is connected all the time, and must not notice.
 */
@Timeout(60)
class HostileDatagramsTest {

    private static final int HOSTILE_PORT = 666;
    private static final int NONE = 65_535;
    private static final byte[] SMALL = {1, 2, 3};

    private Pair pair;
    private ConnectionId honest;
    private final List<RawPeer> raws = new ArrayList<>();

    @AfterEach
    void honestPeersDoNotNotice() {
        assertThat(pair.client.carrier.connectionState(honest)).isEqualTo(ConnectionState.CONNECTED);
        int before = pair.server.received.size();
        pair.client.send("still here", honest, DataReliability.SEND_RELIABLE, 0);
        pair.runUntil(() -> pair.server.received.size() > before);
        assertThat(pair.client.events).containsExactly("established");
        raws.forEach(RawPeer::close);
        pair.close();
    }

    private void start() {
        start(UnaryOperator.identity());
    }

    private void start(UnaryOperator<CarrierDesc.Builder> settings) {
        pair = new Pair(Side.Wire.UDP, 1, settings, UnaryOperator.identity());
        pair.network.window(64 << 20);
        honest = pair.connected();
        pair.server.events.clear();
    }

    private RawPeer raw(int port) {
        RawPeer raw = new RawPeer(pair.network.host("10.0.0.66"), port, "10.0.0.1");
        raws.add(raw);
        return raw;
    }

    private RawPeer rawConnected() {
        RawPeer raw = raw(HOSTILE_PORT);
        raw.send(raw.connectRequest());
        pair.tick();
        pair.tick();
        raw.acknowledge(raw.hear(0).get(0).datagram());
        pair.tick();
        assertThat(pair.server.events).containsExactly("incoming", "established");
        pair.server.events.clear();
        return raw;
    }

    // ------------------------------------------------------------ strangers

    @Test
    void garbageFromStrangersIsCountedAndForgotten() {
        start();
        SplittableRandom random = new SplittableRandom(1);
        RawPeer raw = raw(HOSTILE_PORT);
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            byte[] garbage = new byte[1 + random.nextInt(1_400)];
            random.nextBytes(garbage);
            raw.send(garbage);
            if (i % 100 == 0) {
                pair.tick();
            }
        }
        pair.run(Duration.ofMillis(100));

        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_UNKNOWN))
                .isEqualTo(count);
        assertThat(pair.server.carrier.numConnections()).isOne();
        assertThat(pair.server.events).containsOnly("security error INVALID_SOURCE_ADDRESS");
    }

    @Test
    void aRequestThatIsCutShortOpensNothing() {
        start();
        RawPeer raw = raw(HOSTILE_PORT);
        byte[] request = raw.connectRequest();
        for (int length = 1; length < request.length; length++) {
            raw.send(Arrays.copyOf(request, length));
            pair.tick();
        }

        assertThat(pair.server.carrier.counter(CarrierCounter.CONNECTIONS_INCOMING))
                .isOne();
        assertThat(pair.server.events).containsOnly("security error INVALID_SOURCE_ADDRESS");
    }

    @Test
    void aRequestWithAnyBitFlippedIsRefusedOrTimesOut() {
        start(settings -> settings.connectionTimeoutMS(1_000));
        byte[] request = raw(HOSTILE_PORT).connectRequest();
        for (int bit = 0; bit < request.length * 8; bit++) {
            byte[] flipped = request.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            raw(1_000 + bit).send(flipped);
            pair.tick();
        }
        pair.run(Duration.ofSeconds(3));

        assertThat(pair.server.carrier.numConnections()).isOne();
        assertThat(pair.server.events)
                .containsOnly(
                        "security error INVALID_SOURCE_ADDRESS",
                        "incoming",
                        "failed VERSION_MISMATCH",
                        "failed HANDSHAKE_TIMEOUT");
    }

    @Test
    void aFloodOfRequestsTakesNoPlaceAndNoMoreRoomThanThereIs() {
        start(settings -> settings.maxConnections(10)
                .newcomers(NewcomerLimits.DEFAULTS.withMax(100))
                .connectionTimeoutMS(1_000));
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            RawPeer raw = raw(1_000 + i);
            raw.send(raw.connectRequest());
            if (i % 100 == 0) {
                pair.tick();
            }
        }
        pair.run(Duration.ofMillis(100));

        assertThat(pair.server.carrier.numConnections()).isOne();
        assertThat(pair.server.carrier.newcomers.table.size()).isEqualTo(100);
        assertThat(pair.server.carrier.counter(CarrierCounter.NEWCOMERS_GAVE_WAY))
                .isEqualTo(count - 100);

        pair.run(Duration.ofSeconds(3));
        assertThat(pair.server.carrier.newcomers.table.size()).isZero();
    }

    // ------------------------------------------------------------ connected peers

    @Test
    void eachKindOfBadDatagramHasItsName() {
        start();
        RawPeer raw = rawConnected();
        byte[] tooLarge = new byte[1_400];

        expect(raw, "BUFFER_READ_OUT_OF_BOUND", peer -> peer.send((byte) 7));
        expect(raw, "BAD_PACKET", RawPeer::sendRaw);
        expect(raw, "MESSAGE_TYPE_NOT_SUPPORTED", peer -> peer.sendRaw(0x02, 0, 0, 0, 0, 0, 0));
        expect(raw, "CHANNEL_ID_OUT_OF_BOUND", peer -> peer.sendRaw(0x20, 0, 0, 4, 0, 0, 0, 0));
        expect(raw, "BUFFER_READ_OUT_OF_BOUND", peer -> peer.sendRaw(0x00, 0, 9, 0, 0, 0, 0, 1));
        expect(raw, "BAD_PACKET", peer -> peer.sendRaw(0x18, 0, 1, 1));
        pair.run(Duration.ofSeconds(2)); // more than ten in a second would be too many
        raw.keepAlive();
        pair.tick();
        expect(raw, "BAD_PACKET", peer -> peer.sendRaw(0x05, 0, 1, 0, 0, 0, 0, 0, 0, 1)); // 0 chunks
        expect(raw, "DATAGRAM_TOO_LARGE", peer -> peer.send(tooLarge));
        expect(raw, "MESSAGE_TYPE_NOT_SUPPORTED", peer -> system(peer, 99));
        expect(raw, "BAD_PACKET", peer -> twoAcknowledgements(peer));
        expect(raw, "BAD_PACKET", peer -> system(peer, 0x81, 0, 2, SystemMessage.ACKS)); // the bits are not there
        expect(raw, "SEQUENCE_NUMBER_OUT_OF_BOUND", peer -> user(peer, 20_000));
        expect(raw, "SEQUENCE_NUMBER_OUT_OF_BOUND", peer -> farAhead(peer));
        expect(raw, "SEQUENCE_NUMBER_DUPLICATED", peer -> {
            peer.keepAlive();
            peer.send();
        });
        assertThat(pair.server.carrier.numConnections()).isEqualTo(2);
    }

    private static void twoAcknowledgements(RawPeer raw) {
        raw.begin();
        raw.putSystem(false, 0x20, SystemMessage.ACKS);
        raw.putSystem(false, 0x20, SystemMessage.ACKS);
        raw.send();
    }

    private void expect(RawPeer raw, String error, Consumer<RawPeer> deed) {
        pair.server.events.clear();
        deed.accept(raw);
        pair.tick();
        assertThat(pair.server.events).containsExactly("security error " + error);
    }

    private static void system(RawPeer raw, int... payload) {
        raw.begin();
        raw.putSystem(false, payload);
        raw.send();
    }

    private static void user(RawPeer raw, int seq) {
        raw.begin();
        raw.put(false, 0, 1, seq, NONE, SMALL);
        raw.send();
    }

    private static void farAhead(RawPeer raw) {
        raw.sequence += 257;
        raw.keepAlive();
        raw.sequence -= 258;
    }

    @Test
    void badDatagramsAreCountedAndEndNothingSinceAnybodyCanSendThem() {
        start();
        RawPeer raw = rawConnected();
        for (int i = 0; i < 1_000; i++) {
            raw.send((byte) i);
            raw.sendRaw(0xff);
            if (i % 50 == 0) {
                pair.tick();
            }
        }
        pair.tick();

        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_BAD)).isEqualTo(2_000);
        assertThat(pair.server.events).containsOnly("security error BUFFER_READ_OUT_OF_BOUND");
        assertThat(pair.server.carrier.numConnections()).isEqualTo(2);
    }

    @Test
    void chunksThatDoNotFitEachOtherEndTheConnection() {
        start();
        RawPeer raw = rawConnected();
        raw.begin();
        raw.put(true, 0, 5, 0, 0, SMALL);
        raw.put(true, 0, 3, 1, 1, SMALL);
        raw.send();
        pair.run(Duration.ofSeconds(1));

        assertThat(pair.server.events).containsExactly("security error BAD_PACKET", "disconnected BAD_PACKETS");
        assertThat(pair.server.received).isEmpty();
    }

    @Test
    void aMessageLargerThanTheRoomEndsTheConnectionBeforeItTakesMore() {
        start(settings -> settings.receiveQueueSize(50_000));
        RawPeer raw = rawConnected();
        byte[] chunk = new byte[1_000];
        for (int i = 0; i < 200; i++) {
            raw.begin();
            raw.put(true, 0, 30_000 - i, i, i, chunk);
            raw.send();
            pair.tick();
        }

        assertThat(pair.server.events).contains("security error BAD_PACKET", "disconnected BAD_PACKETS");
        assertThat(pair.server.received).isEmpty();
    }

    @Test
    void messagesThatWaitForOneThatNeverComesFillTheRoomAndNoMore() {
        start(settings -> settings.receiveQueueSize(50_000).enableDisconnectDetection(false));
        RawPeer raw = rawConnected();
        byte[] message = new byte[1_000];
        for (int i = 1; i < 1_000; i++) {
            raw.begin();
            raw.put(true, 0, 1, i, i, message);
            raw.send();
            pair.tick();
            if (i % 10 == 0) {
                raw.keepAlive(); // the numbers go on
            }
        }

        assertThat(pair.server.events).containsOnly("security error DATA_RATE_TOO_HIGH");
        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_OVER_ROOM))
                .isBetween(945L, 960L);
    }

    @Test
    void tooManyPacketsASecondAreDroppedAndEndNothing() {
        start(settings -> settings.recvPacketsLimit(100));
        RawPeer raw = rawConnected();
        for (int i = 0; i < 200; i++) {
            raw.say(false, 0, i, NONE, "x");
        }
        pair.tick();

        assertThat(pair.server.events).containsExactly("security error PACKET_RATE_TOO_HIGH");
        pair.run(Duration.ofSeconds(1));
        assertThat(pair.server.events).doesNotContain("disconnected BAD_PACKETS");
        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_OVER_RATE))
                .isBetween(95L, 110L);
    }

    @Test
    void aPeerThatNeverAcknowledgesIsDisconnectedAndNotBufferedForEver() {
        start(settings -> settings.sendQueueSize(100_000).connectionTimeoutMS(2_000));
        RawPeer raw = rawConnected();
        long refused = 0;
        for (int i = 0; i < 400 && pair.server.carrier.numConnections() == 2; i++) {
            SendResult result = pair.server.send("x".repeat(1_000), ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
            refused += result == SendResult.QUEUE_FULL ? 1 : 0;
            raw.keepAlive();
            pair.run(Duration.ofMillis(10));
        }

        assertThat(refused).isPositive();
        assertThat(pair.server.events).contains("disconnected BAD_CONNECTION");
    }

    @Test
    void aProgramThatDoesNotReceiveHasItsRoomFilledAndLaterGetsAll() {
        start(settings -> settings.receiveQueueSize(50_000));
        int count = 300;
        for (int i = 0; i < count; i++) {
            pair.client.send("x".repeat(1_000), honest, DataReliability.SEND_RELIABLE, i % 3);
        }
        for (int i = 0; i < 300; i++) {
            pair.network.advance(Pair.TICK);
            int ignored = pair.server.carrier.update();
            pair.client.update();
        }

        assertThat(pair.server.received).isEmpty();
        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_OVER_ROOM))
                .isPositive();
        pair.runUntil(() -> pair.server.received.size() == count);
    }

    // ------------------------------------------------------------ anything at all

    @Test
    void whateverAConnectedPeerSendsNothingIsThrown() {
        start(settings -> settings.receiveQueueSize(100_000).enableDisconnectDetection(false));
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RawPeer raw = raw(1_000 + seed);
            raw.send(raw.connectRequest());
            pair.tick();
            pair.tick();
            raw.acknowledge(raw.hear(0).get(0).datagram());
            for (int i = 0; i < 60; i++) {
                sendAnything(raw, random);
                if (random.nextInt(5) == 0) {
                    pair.tick();
                }
            }
        }
        pair.run(Duration.ofSeconds(2));

        assertThat(pair.server.events).contains("incoming", "established", "security error BAD_PACKET");
    }

    // Mostly well formed, so that it gets far; now and then a number far off, and a byte that is
    // another.
    private static void sendAnything(RawPeer raw, SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            raw.sequence += random.nextInt(70_000) - 35_000;
        }
        raw.begin();
        int messages = random.nextInt(6);
        for (int i = 0; i < messages; i++) {
            byte[] payload = new byte[random.nextInt(200)];
            random.nextBytes(payload);
            if (payload.length > 0) {
                payload[payload.length - 1] = (byte) random.nextInt(8);
            }
            boolean reliable = random.nextBoolean();
            int chunks = reliable && random.nextBoolean() ? 1 + random.nextInt(4) : 1;
            raw.put(reliable, random.nextInt(4), chunks, random.nextInt(30), random.nextInt(30), payload);
        }
        byte[] datagram = raw.written();
        if (random.nextInt(4) == 0) {
            datagram[random.nextInt(datagram.length)] = (byte) random.nextInt(256);
        }
        raw.send(datagram);
    }

    @Test
    void onANetworkThatFlipsBitsNothingIsThrownAndAllEventsAreInOrder() {
        start();
        for (int seed = 1; seed <= 60; seed++) {
            try (Pair other = new Pair(Side.Wire.UDP, seed, UnaryOperator.identity(), UnaryOperator.identity())) {
                other.network.datagramFaults(
                        DatagramFaults.NONE.withCorruption(0.2).withLoss(0.05));
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < 400; i++) {
                    ConnectionId id = other.connect();
                    other.client.send("x".repeat(1 + random.nextInt(4_000)), id, DataReliability.SEND_RELIABLE, i % 3);
                    other.server.send(
                            "y".repeat(1 + random.nextInt(100)), ConnectionId.ALL, DataReliability.SEND_UNRELIABLE, 0);
                    other.tick();
                }
                other.network.heal();
                other.client.carrier.disconnect(ConnectionId.ALL);
                other.run(Duration.ofSeconds(8));
                other.client.events.clear();
                ConnectionId id = other.connect();
                other.run(Duration.ofSeconds(2));
                assertThat(other.client.carrier.connectionState(id)).isEqualTo(ConnectionState.CONNECTED);
            }
        }
    }

    @Test
    void whatIsReplayedIsReceivedOnce() {
        start();
        RawPeer raw = rawConnected();
        List<byte[]> recorded = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            raw.begin();
            raw.put(true, 0, 1, i, i, SMALL);
            recorded.add(raw.written());
            raw.send();
            pair.tick();
        }
        assertThat(pair.server.received).hasSize(100);
        pair.server.events.clear();
        for (byte[] each : recorded) {
            raw.send(each);
        }
        pair.tick();
        pair.tick();

        assertThat(pair.server.received).hasSize(100);
        assertThat(pair.server.events).containsOnly("security error SEQUENCE_NUMBER_DUPLICATED");
        assertThat(pair.server.carrier.counter(CarrierCounter.DATAGRAMS_DUPLICATED))
                .isEqualTo(100);
        assertThat(pair.server.carrier.numConnections()).isEqualTo(2);
    }
}
