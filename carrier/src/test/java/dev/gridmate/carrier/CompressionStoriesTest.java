package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.compress.Compressor;
import dev.gridmate.carrier.compress.DeflateCompressionFactory;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The byte before each datagram that says whether it is compressed, and what a stranger may do with
 * it.
 */
@Timeout(60)
class CompressionStoriesTest {

    private static final byte RAW = 0;
    private static final byte COMPRESSED = 1;

    /** Halves what is all zeros, and nothing else; throws when it is told to. */
    private static final class Halving implements Compressor {
        boolean throwsNext;
        int expandsTo;
        int closed;

        @Override
        public boolean compress(ByteBuffer from, ByteBuffer into) {
            if (throwsNext) {
                throw new IllegalStateException("it was told to");
            }
            int size = from.remaining();
            while (from.hasRemaining()) {
                into.put(from.get());
            }
            return size > 500;
        }

        @Override
        public boolean decompress(ByteBuffer from, ByteBuffer into) {
            if (throwsNext) {
                throw new IllegalStateException("it was told to");
            }
            into.put(from);
            while (into.position() < expandsTo) {
                into.put((byte) 0);
            }
            return true;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private final Halving halving = new Halving();
    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost rawHost = network.host("10.0.0.66");
    private final Side side =
            new Side(network.host("10.0.0.1"), Side.Wire.UDP, settings -> settings.compressionFactory(() -> halving));
    private final RawPeer raw = new RawPeer(rawHost, 666, "10.0.0.1");

    private void send(int hint, byte[] datagram) {
        send(raw, hint, datagram);
    }

    private void send(RawPeer peer, int hint, byte[] datagram) {
        byte[] packet = new byte[datagram.length + 1];
        packet[0] = (byte) hint;
        System.arraycopy(datagram, 0, packet, 1, datagram.length);
        peer.send(packet);
        network.advance(Duration.ofMillis(1));
        side.update();
    }

    /** Connects a peer, which acknowledges the answer. */
    private void connect(RawPeer peer) {
        send(peer, RAW, peer.connectRequest());
        network.advance(Duration.ofMillis(1));
        int answer = peer.lastNumber(1);
        peer.begin();
        peer.putSystem(false, 0, answer >>> 8, answer, SystemMessage.ACKS);
        send(peer, RAW, peer.written());
    }

    private byte[] userMessage(int seq) {
        raw.begin();
        raw.put(true, 0, 1, seq, seq, new byte[] {7});
        return raw.written();
    }

    @Test
    void aCompressedRequestOfAStrangerOpensNothingAndAPlainOneDoes() {
        byte[] request = raw.connectRequest();
        send(COMPRESSED, request);
        send(COMPRESSED, request);
        assertThat(side.events).isEmpty();
        assertThat(side.carrier.counter(CarrierCounter.CONNECTIONS_INCOMING)).isZero();
        assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_UNKNOWN)).isEqualTo(2);
        connect(raw);
        assertThat(side.events).containsExactly("incoming", "established");
        side.close();
    }

    @Test
    void whatIsConnectedMayCompressOrNotDatagramForDatagram() {
        connect(raw);
        for (int i = 0; i < 6; i++) {
            send(i % 2 == 0 ? COMPRESSED : RAW, userMessage(i));
        }
        assertThat(side.received).hasSize(6);
        assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_BAD)).isZero();
        side.close();
    }

    @Test
    void afterACompressedDatagramAPlainRequestOfAStrangerIsHeard() {
        connect(raw);
        send(COMPRESSED, userMessage(0));
        try (RawPeer other = new RawPeer(rawHost, 777, "10.0.0.1")) {
            connect(other);
        }
        assertThat(side.carrier.numConnections()).isEqualTo(2);
        side.close();
    }

    @Test
    void aHintThatMeansNothingAndAnEmptyPacketAreBad() {
        connect(raw);
        side.events.clear();
        send(2, userMessage(0));
        assertThat(side.events).containsExactly("security error BAD_PACKET");
        send(-1, userMessage(0));
        assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_BAD)).isEqualTo(2);
        assertThat(side.received).isEmpty();
        try (RawPeer other = new RawPeer(rawHost, 777, "10.0.0.1")) {
            other.send((byte) 9, (byte) 9);
            network.advance(Duration.ofMillis(1));
            side.events.clear();
            side.update();
            assertThat(side.events).as("nothing of a stranger is restored").isEmpty();
            assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_UNKNOWN)).isOne();
        }
        side.close();
    }

    @Test
    void whatWouldBeLargerThanADatagramIsNotRestored() {
        connect(raw);
        side.events.clear();
        halving.expandsTo = 1_371;
        send(COMPRESSED, userMessage(0)); // zeros follow: a message of none, whose numbers are missing
        assertThat(side.events).doesNotContain("security error DATAGRAM_TOO_LARGE");
        side.events.clear();
        halving.expandsTo = 1_372;
        send(COMPRESSED, userMessage(1));
        assertThat(side.events).containsExactly("security error BAD_PACKET");
        side.close();
    }

    @Test
    void aCompressorThatThrowsCostsOneDatagramIn() {
        connect(raw);
        halving.throwsNext = true;
        send(COMPRESSED, userMessage(0));
        halving.throwsNext = false;
        send(COMPRESSED, userMessage(0));
        assertThat(side.received).hasSize(1);
        assertThat(side.carrier.counter(CarrierCounter.DATAGRAMS_BAD)).isOne();
        side.close();
        assertThat(halving.closed).isOne();
    }

    @Test
    void whatLeavesIsCompressedWhenItBecomesSmallerAndCountedAndNeverBeforeItStands() {
        UnaryOperator<CarrierDesc.Builder> compressing =
                settings -> settings.compressionFactory(new DeflateCompressionFactory());
        try (Pair pair = new Pair(Side.Wire.UDP, 1, compressing, compressing)) {
            ConnectionId id = pair.connected();
            Carrier client = pair.client.carrier;
            long before = client.counter(CarrierCounter.DATAGRAMS_COMPRESSED);
            for (int i = 1; i <= 5; i++) {
                pair.client.send("a".repeat(1_000), id, DataReliability.SEND_RELIABLE, 0);
                pair.tick();
                pair.tick();
                assertThat(client.counter(CarrierCounter.DATAGRAMS_COMPRESSED) - before)
                        .isGreaterThanOrEqualTo(i);
            }
            assertThat(client.counter(CarrierCounter.DATAGRAMS_COMPRESSED))
                    .isLessThan(client.counter(CarrierCounter.DATAGRAMS_OUT));
            byte[] random = new byte[1_000];
            new java.util.SplittableRandom(1).nextBytes(random);
            before = client.counter(CarrierCounter.DATAGRAMS_COMPRESSED);
            for (int i = 0; i < 5; i++) {
                client.send(ByteBuffer.wrap(random), id, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 1);
                client.update();
                pair.network.advance(Pair.TICK);
                pair.server.update();
            }
            assertThat(client.counter(CarrierCounter.DATAGRAMS_COMPRESSED)).isEqualTo(before);
            pair.run(Duration.ofMillis(100));
            assertThat(pair.server.received).hasSize(10);
            assertThat(Arrays.equals(pair.server.received.get(9).bytes(), random))
                    .isTrue();
            pair.client.send("", id, DataReliability.SEND_RELIABLE, 2);
            client.disconnect(id);
            pair.run(Duration.ofMillis(100));
            assertThat(pair.server.events).endsWith("disconnected USER_REQUESTED");
        }
    }

    @Test
    void aMessageAsLargeAsADatagramTakesFitsWithTheByteBeforeIt() {
        for (boolean isCompressing : new boolean[] {false, true}) {
            UnaryOperator<CarrierDesc.Builder> settings =
                    builder -> isCompressing ? builder.compressionFactory(new DeflateCompressionFactory()) : builder;
            try (Pair pair = new Pair(Side.Wire.UDP, 1, settings, settings)) {
                ConnectionId id = pair.connected();
                pair.run(Duration.ofMillis(200));
                int mtu = pair.client.carrier.messageMtu();
                assertThat(mtu).isEqualTo(pair.client.driver.maxSendSize() - 12 - (isCompressing ? 1 : 0));
                byte[] random = new byte[mtu];
                new java.util.SplittableRandom(1).nextBytes(random);
                for (int i = 0; i < 3; i++) {
                    pair.client.carrier.send(ByteBuffer.wrap(random), id);
                    pair.run(Duration.ofMillis(50));
                    assertThat(pair.server.received).hasSize(i + 1);
                    assertThat(pair.server.received.get(i).bytes()).isEqualTo(random);
                }
            }
        }
    }

    @Test
    void whoDoesNotKnowThisSideIsToldNothingCompressed() {
        int[] compressed = {0};
        Compressor counting = new Compressor() {
            @Override
            public boolean compress(ByteBuffer from, ByteBuffer into) {
                compressed[0]++;
                return false;
            }

            @Override
            public boolean decompress(ByteBuffer from, ByteBuffer into) {
                return false;
            }

            @Override
            public void close() {}
        };
        try (Side full = new Side(
                network.host("10.0.0.7"),
                Side.Wire.UDP,
                settings -> settings.compressionFactory(() -> counting).maxConnections(1))) {
            full.carrier.connect("10.0.0.77", 77);
            full.update();
            RawPeer stranger = new RawPeer(rawHost, 667, "10.0.0.7");
            byte[] request = stranger.connectRequest();
            byte[] packet = new byte[request.length + 1];
            System.arraycopy(request, 0, packet, 1, request.length);
            stranger.send(packet);
            network.advance(Duration.ofMillis(1));
            full.update();
            assertThat(full.carrier.counter(CarrierCounter.CONNECTIONS_REFUSED)).isOne();
            full.carrier.close();
            assertThat(compressed[0]).isZero();
            stranger.close();
        }
    }
}
