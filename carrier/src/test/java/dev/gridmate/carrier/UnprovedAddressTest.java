package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.compress.DeflateCompressionFactory;
import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An address that nobody has proved gets at most three bytes for each that came from it. */
@Timeout(60)
class UnprovedAddressTest {

    private static final int SETUPS = 400;

    /** Does anything that the interface allows. */
    private static final class Drawn extends OpenHandshake {
        private final SplittableRandom random;
        private final int answerSize;

        Drawn(SplittableRandom random) {
            this.random = random;
            answerSize = random.nextInt(3) == 0 ? random.nextInt(1_300) : random.nextInt(100);
        }

        @Override
        public void onInitiate(ConnectionId id, ByteBuffer out) {}

        @Override
        public Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
            out.put(new byte[Math.min(answerSize, out.remaining())]);
            return switch (random.nextInt(6)) {
                case 0 -> Result.PENDING;
                case 1 -> Result.REJECTED;
                case 2 -> Result.VERSION_MISMATCH;
                case 3 -> Result.rejected(DisconnectNotice.of(64, "w".repeat(random.nextInt(256))));
                default -> Result.OK;
            };
        }

        @Override
        public boolean onConfirmRequest(ConnectionId id, ByteBuffer in) {
            return random.nextInt(4) > 0;
        }

        @Override
        public Duration handshakeTimeout() {
            return Duration.ofMillis(1 + random.nextInt(6_000));
        }
    }

    private static CarrierDesc.Builder draw(CarrierDesc.Builder settings, SplittableRandom random) {
        return settings.handshake(new Drawn(random.split()))
                .maxConnections(1 + random.nextInt(2))
                .compressionFactory(random.nextInt(4) == 0 ? new DeflateCompressionFactory() : null)
                .newcomers(NewcomerLimits.DEFAULTS.withMax(1 + random.nextInt(3)))
                .sendBatchPacketCount(random.nextInt(3));
    }

    @Test
    void anUnprovedAddressGetsAtMostThreeTimesTheBytesThatCameFromItInEverySetup() {
        long sent = 0;
        for (int seed = 0; seed < SETUPS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            try (OneSided one = new OneSided(settings -> draw(settings, random.split()));
                    RawPeer other = new RawPeer(one.rawHost, 667, "10.0.0.1")) {
                if (random.nextBoolean()) {
                    one.side.carrier.startClockSync(50, false);
                }
                for (int step = 0; step < 120; step++) {
                    act(one, random.nextInt(4) == 0 ? other : one.raw, random);
                    one.pass(1 + random.nextInt(60));
                    int ignored = other.received(0);
                    check(seed, one.raw);
                    check(seed, other);
                }
                one.side.carrier.close();
                one.network.advance(Duration.ofMillis(1));
                one.hear();
                check(seed, one.raw);
                sent += one.raw.bytesIn;
            }
        }
        assertThat(sent).as("something was said").isGreaterThan(100_000);
    }

    private static void check(int seed, RawPeer peer) {
        assertThat(peer.bytesIn).as("bytes to the address, in set-up %d", seed).isLessThanOrEqualTo(3 * peer.bytesOut);
    }

    private static void act(OneSided one, RawPeer peer, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> peer.send(peer.connectRequest());
            case 3 -> peer.keepAlive();
            case 4 -> {
                peer.begin();
                peer.putDisconnect(random.nextInt(10));
                peer.send();
            }
            case 5 -> {
                int[] large = new int[1 + random.nextInt(600)];
                large[large.length - 1] = SystemMessage.CONNECT_REQUEST;
                peer.begin();
                peer.putSystem(true, large);
                peer.send();
            }
            case 6 -> peer.sendRaw(random.nextInt(256), random.nextInt(256));
            default -> {
                one.side.send("snapshot".repeat(100), ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                if (random.nextBoolean()) {
                    one.side.carrier.disconnect(one.side.last(), DisconnectNotice.of(70, "x".repeat(255)));
                }
            }
        }
    }

    @Test
    void wordsThatAreLongerThanTheRequestPaysForLeaveWholeAfterAFewRequests() {
        String words = "w".repeat(255);
        Handshake refusing = new DefaultHandshake(1, Duration.ofSeconds(5)) {
            @Override
            protected Result judgeRequest(ConnectionId id, ByteBuffer in, ByteBuffer out) {
                return Result.rejected(DisconnectNotice.of(64, words));
            }
        };
        try (Pair pair = new Pair(Side.Wire.UDP, 1, settings -> settings.handshake(refusing), settings -> settings)) {
            long start = pair.network.nanoTime();
            pair.connect();
            pair.runUntil(() -> pair.client.events.contains("failed HANDSHAKE_REJECTED"));
            assertThat(Duration.ofNanos(pair.network.nanoTime() - start)).isLessThan(Duration.ofMillis(250));
        }
    }
}
