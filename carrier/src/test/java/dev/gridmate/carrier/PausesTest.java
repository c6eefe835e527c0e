package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.PausedPair.Pause;
import dev.gridmate.carrier.PausedPair.Story;
import dev.gridmate.carrier.PausedPair.Traffic;
import dev.gridmate.carrier.badnet.DefaultSimulator;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A pause costs nobody: whatever pauses, a connection ends when the silence has reached its
 * timeout, and at no other time.
 *
 * <p>Each seed is one story of the matrix, with numbers of its own: {@code -Dgridmate.seeds=N} runs
 * N of them, 960 for the matrix once, {@code -Dgridmate.firstSeed} begins elsewhere, and {@code
 * -Dgridmate.seed=S} replays one.
 */
class PausesTest {

    private static final List<Pause> PAUSES = List.of(Pause.values());
    private static final List<Traffic> TRAFFIC = List.of(Traffic.values());
    private static final List<Side.Wire> WIRES = List.of(Side.Wire.values());
    private static final List<Integer> TIMEOUTS = List.of(5_000, 20_000);
    private static final List<Integer> ROUND_TRIPS = List.of(20, 200, 600);
    private static final List<Integer> LENGTHS = List.of(0, 1, 2, 3, 4);
    private static final int STORIES =
            PAUSES.size() * TRAFFIC.size() * WIRES.size() * TIMEOUTS.size() * ROUND_TRIPS.size() * LENGTHS.size();

    private static final int LONGEST = 15_000;
    private static final double MOST_LOSS = 0.2;

    @Test
    void aConnectionEndsExactlyWhenTheSilenceHasReachedItsTimeoutWhateverPausesAndWhateverIsSaid() {
        if (Seeds.replayed().isPresent()) {
            run(Seeds.replayed().getAsLong());
            return;
        }
        String summary =
                Seeds.of("testkit,driver,carrier", PausesTest.class).each(Seeds.count(STORIES), PausesTest::run);
        System.out.println("pauses, from seed " + Seeds.first() + ": " + summary);
    }

    private static void run(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (PausedPair pair = new PausedPair(story(seed, random), random.nextLong())) {
            pair.run();
        }
    }

    private static Story story(long seed, SplittableRandom random) {
        Matrix matrix = new Matrix(seed);
        int timeout = matrix.next(TIMEOUTS);
        return new Story(
                matrix.next(PAUSES),
                matrix.next(TRAFFIC),
                matrix.next(WIRES),
                timeout,
                matrix.next(ROUND_TRIPS),
                length(matrix.next(LENGTHS), timeout, random),
                random.nextInt(3) == 0 ? random.nextDouble() * MOST_LOSS : 0);
    }

    /** Counts through all stories, a digit for each dimension. */
    private static final class Matrix {
        private long rest;

        Matrix(long seed) {
            rest = seed;
        }

        <T> T next(List<T> values) {
            long size = values.size();
            T value = values.get((int) Math.floorMod(rest, size));
            rest = Math.floorDiv(rest, size);
            return value;
        }
    }

    /** A short pause, two below the timeout, one around it, and a long one, in milliseconds. */
    private static int length(int which, int timeout, SplittableRandom random) {
        int around = Math.min(timeout, LONGEST);
        return switch (which) {
            case 0 -> random.nextInt(500, 1_500);
            case 1 -> random.nextInt(1_500, 3_000);
            case 2 -> random.nextInt(3_000, around - 500);
            case 3 -> random.nextInt(around - 500, around + 300);
            default -> random.nextInt(around, LONGEST + 1);
        };
    }

    // ------------------------------------------------------------ with all settings as they are

    @ParameterizedTest
    @EnumSource
    void aServerThatStoodStillForFourSecondsHasAllItsClients(Side.Wire wire) {
        try (Players players = new Players(wire, 5)) {
            players.server.isUpdated = false;
            players.pass(4_000, false);
            players.server.isUpdated = true;
            players.pass(10_000, false);
            players.assertAllAreThere();
        }
    }

    @ParameterizedTest
    @EnumSource
    void playersWhoseNetworkWasGoneForTwoAndAHalfSecondsPlayOn(Side.Wire wire) {
        for (boolean talk : new boolean[] {false, true}) {
            try (Players players = new Players(wire, 3)) {
                players.pass(2_000, talk);
                players.partition();
                players.pass(2_500, talk);
                players.network.heal();
                players.pass(10_000, talk);
                players.pass(2_000, false);
                players.assertAllAreThere();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatStoodStillForThreeSecondsIsNotEndedAfterItIsBack(Side.Wire wire) {
        for (boolean talk : new boolean[] {false, true}) {
            try (Players players = new Players(wire, 2)) {
                players.pass(2_000, talk);
                players.clients.get(0).isUpdated = false;
                players.pass(2_900, talk);
                players.clients.get(0).isUpdated = true;
                players.pass(10_000, talk);
                players.pass(2_000, false);
                players.assertAllAreThere();
            }
        }
    }

    /** What the client sends is lost, and what it gets is not. */
    @Test
    void anOutageInOneDirectionIsJudgedByTheTimeoutToo() {
        for (int millis : new int[] {4_500, 5_500}) {
            DefaultSimulator cut = new DefaultSimulator(1);
            cut.setOutgoingPacketLossRate(1);
            try (Pair pair =
                    new Pair(Side.Wire.UDP, 1, UnaryOperator.identity(), settings -> settings.simulator(cut))) {
                ConnectionId id = pair.connected();
                pair.run(Duration.ofSeconds(1));
                cut.enable();
                for (int passed = 0; passed < millis; passed += 20) {
                    pair.client.send("hello", id, DataReliability.SEND_RELIABLE, 0);
                    pair.run(Duration.ofMillis(20));
                }
                cut.disable();
                pair.run(Duration.ofSeconds(8));
                if (millis < 5_000) {
                    assertThat(pair.client.events).containsExactly("established");
                    assertThat(pair.server.received).hasSize(millis / 20);
                } else {
                    assertThat(pair.client.events).endsWith("disconnected BAD_CONNECTION");
                    assertThat(pair.server.events).endsWith("disconnected BAD_CONNECTION");
                }
            }
        }
    }

    @Test
    void whatASimulatorLosesInFrontOfTcpIsJudged() {
        DefaultSimulator bad = new DefaultSimulator(1);
        bad.setOutgoingPacketLossRate(0.6);
        try (Pair pair = new Pair(Side.Wire.TCP, 1, UnaryOperator.identity(), settings -> settings.simulator(bad))) {
            ConnectionId id = pair.connected();
            bad.enable();
            for (int i = 0; i < 1_000; i++) {
                pair.client.send("hello", id, DataReliability.SEND_UNRELIABLE, 0);
                pair.run(Duration.ofMillis(20));
            }
            assertThat(pair.client.events).containsExactly("established", "disconnected BAD_CONNECTION");
        }
    }

    @Test
    void aPauseIsJudgedAsEverWhileStrangersAskAndFallSilent() {
        try (Players players = new Players(Side.Wire.UDP, 2)) {
            SimulatedHost strange = players.network.host("10.0.1.1");
            for (int i = 0; i < 100; i++) {
                try (RawPeer forged = new RawPeer(strange, 1_000 + i, "10.0.0.1")) {
                    forged.send(forged.connectRequest());
                }
                if (i == 60) { // the first strangers have timed out
                    players.partition();
                }
                players.pass(100, false);
            }
            players.network.heal();
            players.pass(10_000, false);
            players.assertAllAreThere();
        }
    }

    /** The ten datagrams a second of an idle connection are few. */
    @Test
    void anIdleConnectionOutlivesAFifthOfItsDatagramsLost() {
        for (int seed = 1; seed <= 10; seed++) {
            try (Pair pair = new Pair(Side.Wire.UDP, seed, UnaryOperator.identity(), UnaryOperator.identity())) {
                pair.connected();
                pair.network.datagramFaults(DatagramFaults.NONE.withLoss(0.2));
                pair.run(Duration.ofMinutes(2));
                assertThat(pair.client.events).as("seed %d", seed).containsExactly("established");
            }
        }
    }

    /** A server and its clients, with all settings as they are. */
    private static final class Players implements AutoCloseable {

        private static final Duration TICK = Duration.ofMillis(10);
        private static final int TICKS_OF_A_MESSAGE = 2;

        private final SimulatedNetwork network = new SimulatedNetwork(1);
        private final SimulatedHost serverHost = network.host("10.0.0.1");
        private final Player server;
        private final List<Player> clients = new ArrayList<>();

        private static final class Player {
            private final SimulatedHost host;
            private final Side side;
            private boolean isUpdated = true;
            private int said;

            Player(SimulatedHost host, Side.Wire wire) {
                this.host = host;
                side = new Side(host, wire, UnaryOperator.identity());
            }

            void tick(boolean talks) {
                if (!isUpdated) {
                    return;
                }
                if (talks) {
                    side.send("say", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
                    said++;
                }
                side.update();
            }
        }

        Players(Side.Wire wire, int count) {
            network.latency(Duration.ofMillis(20));
            server = new Player(serverHost, wire);
            for (int i = 0; i < count; i++) {
                clients.add(new Player(network.host("10.0.0." + (2 + i)), wire));
                clients.get(i).side.carrier.connect("10.0.0.1", Side.PORT);
            }
            pass(2_000, false);
            assertThat(server.side.carrier.numConnections()).isEqualTo(count);
        }

        void partition() {
            clients.forEach(each -> network.partition(serverHost, each.host));
        }

        void pass(int millis, boolean talk) {
            for (int i = 0; i < millis / TICK.toMillis(); i++) {
                boolean talks = talk && i % TICKS_OF_A_MESSAGE == 0;
                network.advance(TICK);
                server.tick(talks);
                clients.forEach(each -> each.tick(talks));
            }
        }

        void assertAllAreThere() {
            int said = 0;
            for (Player each : clients) {
                assertThat(each.side.events).containsExactly("established");
                assertThat(each.side.received).hasSize(server.said);
                said += each.said;
            }
            assertThat(server.side.received).hasSize(said);
        }

        @Override
        public void close() {
            clients.forEach(each -> each.side.close());
            server.side.close();
        }
    }
}
