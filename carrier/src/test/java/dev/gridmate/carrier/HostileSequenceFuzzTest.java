package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes, read as what hostile peers and strangers say to a whole carrier and as what its
 * program does meanwhile: nothing leaves an update, and an honest player notices nothing. A normal
 * build runs a hundred drawn sequences; for more see CONTRIBUTING.md.
 */
class HostileSequenceFuzzTest {

    private static final String DURATION = "30m";
    private static final long SEED = 20_170_101;
    private static final int SEQUENCES = 100;
    private static final Duration TURN = Duration.ofMillis(5);
    private static final Duration FORGOTTEN = Duration.ofSeconds(20);

    static Stream<byte[]> drawnSequences() {
        SplittableRandom random = new SplittableRandom(SEED);
        return Stream.generate(() -> {
                    byte[] drawn = new byte[random.nextInt(10, 400)];
                    random.nextBytes(drawn);
                    return drawn;
                })
                .limit(SEQUENCES);
    }

    @MethodSource("drawnSequences")
    @FuzzTest(maxDuration = DURATION) // the last one: it takes what stands before it as the seeds
    void anHonestPlayerIsServedWhateverOthersSay(byte[] sequence) {
        try (Scene scene = new Scene(sequence)) {
            scene.play();
            scene.expectAnHonestPlayer();
            scene.expectThatTheOthersAreForgotten();
        }
    }

    /** A server, an honest player, and three sockets from which anything comes. */
    private static final class Scene implements AutoCloseable {

        private final SimulatedNetwork network = new SimulatedNetwork(1);
        private final Side server = new Side(network.host("10.0.0.1"), Side.Wire.UDP, it -> it);
        private final Side player = new Side(network.host("10.0.0.2"), Side.Wire.UDP, it -> it);
        private final List<RawPeer> others = new ArrayList<>();
        private final byte[] sequence;
        private final ConnectionId toServer;
        private final ConnectionId toPlayer;
        private int at;
        private RawPeer other;

        Scene(byte[] sequence) {
            this.sequence = sequence;
            for (int i = 0; i < 3; i++) {
                others.add(new RawPeer(network.host("10.0.0.6" + i), 666, "10.0.0.1"));
            }
            other = others.get(0);
            toServer = player.carrier.connect("10.0.0.1|" + Side.PORT);
            pass(Duration.ofMillis(500));
            assertThat(player.events).containsExactly("established");
            toPlayer = server.last();
        }

        private int next() {
            return at < sequence.length ? sequence[at++] & 0xff : 0;
        }

        private int nextShort() {
            return next() << 8 | next();
        }

        /** A number near one that is in use, or any. */
        private int number(int used) {
            int drawn = next();
            return (drawn < 16 ? nextShort() : used + (byte) drawn) & 0xffff;
        }

        void play() {
            while (at < sequence.length) {
                step();
                turn();
            }
        }

        private void step() {
            switch (next() % 12) {
                case 0 -> other = others.get(next() % others.size());
                case 1 -> other.send(other.connectRequest());
                case 2 -> other.acknowledge(number(2));
                case 3 -> other.acknowledge(number(2), number(2));
                case 4 -> sayMessages();
                case 5 -> sayOwnMessage();
                case 6 -> other.sendRaw(bytes(next() % 24));
                case 7 -> other.sequence = number(other.sequence);
                case 8 -> sayTheEnd();
                case 9 -> pass(Duration.ofMillis(next()));
                case 10 -> server.send("x".repeat(1 + next() * 16), ConnectionId.ALL, reliability(), next() % 3);
                default -> endSomebody();
            }
        }

        private DataReliability reliability() {
            return next() % 2 == 0 ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
        }

        private int[] bytes(int count) {
            int[] bytes = new int[count];
            for (int i = 0; i < count; i++) {
                bytes[i] = next();
            }
            return bytes;
        }

        private void sayMessages() {
            other.begin();
            for (int left = 1 + next() % 4; left > 0; left--) {
                boolean reliable = next() % 2 == 0;
                int chunks = reliable && next() % 4 == 0 ? 1 + nextShort() % 32_766 : 1;
                other.put(reliable, next() % 3, chunks, number(0), number(0), RawPeer.bytes(bytes(next() % 40)));
            }
            other.send();
        }

        private void sayOwnMessage() {
            other.begin();
            other.putSystem(next() % 4 == 0, bytes(1 + next() % 12));
            other.send();
        }

        private void sayTheEnd() {
            other.begin();
            int[] before = bytes(next() % 8);
            byte[] end = RawPeer.bytes(Arrays.copyOf(before, before.length + 1));
            end[before.length] = SystemMessage.DISCONNECT;
            other.putDisconnect(end);
            other.send();
        }

        private void endSomebody() {
            for (ConnectionId each : server.carrier.connections()) {
                if (each != toPlayer) {
                    server.carrier.disconnect(each);
                    return;
                }
            }
        }

        private void turn() {
            network.advance(TURN);
            server.update();
            player.update();
            for (RawPeer each : others) {
                each.received(0);
            }
        }

        private void pass(Duration time) {
            for (long left = time.toMillis(); left > 0; left -= TURN.toMillis()) {
                turn();
            }
        }

        void expectAnHonestPlayer() {
            player.send("to the server", toServer, DataReliability.SEND_RELIABLE, 0);
            server.send("to the player", toPlayer, DataReliability.SEND_RELIABLE, 1);
            pass(Duration.ofSeconds(2));
            assertThat(player.events).containsExactly("established");
            assertThat(player.texts()).contains("to the player");
            assertThat(server.received)
                    .anyMatch(each -> each.from() == toPlayer && each.text().equals("to the server"));
        }

        void expectThatTheOthersAreForgotten() {
            pass(FORGOTTEN);
            assertThat(server.carrier.connections()).containsExactly(toPlayer);
            assertThat(server.events.stream()
                            .filter(each -> each.startsWith("established"))
                            .count())
                    .isEqualTo(1
                            + server.events.stream()
                                    .filter(each -> each.startsWith("disconnected"))
                                    .count());
        }

        @Override
        public void close() {
            server.close();
            player.close();
            others.forEach(RawPeer::close);
        }
    }
}
