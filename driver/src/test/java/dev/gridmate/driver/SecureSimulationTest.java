package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.Faults;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Drivers with TLS on a network on which everything goes wrong, drawn from a seed. TLS draws
 * numbers of its own, so that a seed repeats the program and the faults, and nearly the bytes.
 */
class SecureSimulationTest {

    private static final int CLIENTS = 3;

    @Test
    void packetsArriveWholeInOrderAndOnceAndEverythingEndsAlsoWithTls() {
        long first = Long.getLong("gridmate.seed", 1);
        long count = Long.getLong("gridmate.seed") != null ? 1 : Long.getLong("gridmate.tlsSeeds", 60);
        for (long seed = first; seed < first + count; seed++) {
            try {
                new Program(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ": " + e.getMessage() + "\nreplay it with:\n  ./mvnw -pl testkit,driver test"
                                + " -Dtest=SecureSimulationTest -Dgridmate.otherJdk=skip -Dgridmate.seed=" + seed,
                        e);
            }
        }
    }

    /** A connection as its sender sees it: how many packets were accepted. */
    private static final class Sent {
        int packets;
        boolean isOver;
    }

    private static final class Program {
        private final SplittableRandom random;
        private final SimulatedNetwork network;
        private final GridMate gridMate = new GridMate();
        private final StreamSocketDriver server;
        private final List<GridMate> clientGridMates = new ArrayList<>();
        private final List<StreamSocketDriver> clients = new ArrayList<>();
        private final Recorder serverEvents = Recorder.on(gridMate);
        private final Map<StreamSocketDriver, Sent> sent = new HashMap<>();
        private final Map<SocketDriverAddress, Integer> next = new HashMap<>();
        private int received;
        private int ended;

        Program(long seed) {
            random = new SplittableRandom(seed);
            network = new SimulatedNetwork(seed);
            network.latency(Duration.ofMillis(random.nextInt(3) * 5L));
            network.window(200 + random.nextInt(20_000));
            server = driver(gridMate, network.host("10.0.0.1"), TlsFixture.serverTls());
            ok(server.initialize(AddressFamily.IPV4, null, 2017));
            ok(server.startListen(16));
            for (int i = 0; i < CLIENTS; i++) {
                GridMate mate = new GridMate();
                StreamSocketDriver client = driver(mate, network.host("10.0.1." + (i + 1)), TlsFixture.clientTls());
                ok(client.initialize(AddressFamily.IPV4));
                mate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                    @Override
                    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
                        end(client);
                    }

                    @Override
                    public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
                        end(client);
                    }
                });
                clients.add(client);
                clientGridMates.add(mate);
            }
        }

        private StreamSocketDriver driver(GridMate of, SimulatedHost host, TlsConfig.Builder tls) {
            return new StreamSocketDriver(
                    of,
                    StreamSocketDriverConfig.builder()
                            .maxPacketSize(20_000)
                            .outboundBufferSize(20_000 + random.nextInt(60_000))
                            .inboundBufferSize(20_000 + random.nextInt(60_000))
                            .slowConsumerPolicy(SlowConsumerPolicy.REJECT)
                            .transport(host)
                            .tls(tls.build())
                            .build());
        }

        private void end(StreamSocketDriver client) {
            Sent of = sent.get(client);
            if (of != null) {
                of.isOver = true;
            }
        }

        void run() {
            network.faults(random.nextInt(3) == 0 ? Faults.random(random) : Faults.CHOPPY);
            for (int i = 0; i < 300; i++) {
                clients.forEach(this::act);
                tick();
            }
            network.heal();
            for (int i = 0; i < 2000; i++) {
                tick();
            }
            int owed = clients.stream()
                    .map(sent::get)
                    .filter(each -> each != null && !each.isOver)
                    .mapToInt(each -> each.packets)
                    .sum();
            int came = next.entrySet().stream().mapToInt(Map.Entry::getValue).sum();
            assertThat(came).as("packets of connections that stand").isEqualTo(owed);
            for (StreamSocketDriver client : clients) {
                client.connections().forEach(client::disconnectFrom);
            }
            for (int i = 0; i < 3000; i++) {
                tick();
            }
            assertThat(server.numberOfConnections()).isZero();
            assertThat(serverEvents.established).hasSameSizeAs(serverEvents.disconnected);
            assertThat(server.counter(DriverCounter.PACKETS_IN)).isEqualTo(received);
            clientGridMates.forEach(GridMate::close);
            gridMate.close();
            assertThat(network.openEndpoints()).as("open endpoints").isZero();
        }

        private void act(StreamSocketDriver client) {
            SocketDriverAddress to = client.createDriverAddress("10.0.0.1|2017");
            Sent now = sent.get(client);
            if (now == null || (now.isOver && client.numberOfConnections() == 0)) {
                if (client.connectTo(to) == ResultCode.OK) {
                    sent.put(client, new Sent());
                }
                return;
            }
            int number = now.packets;
            ByteBuffer packet =
                    ByteBuffer.wrap(Packets.packet(number, 2 + (number * 7919) % (number % 5 == 0 ? 19_000 : 300)));
            if (!now.isOver && client.send(to, packet) == ResultCode.OK) {
                now.packets++;
            }
        }

        private void tick() {
            clients.forEach(StreamSocketDriver::update);
            server.update();
            server.receive(this::onPacket, 100);
            server.update();
            for (; ended < serverEvents.disconnected.size(); ended++) {
                next.remove(serverEvents.disconnected.get(ended));
            }
            network.advance(Duration.ofMillis(1 + random.nextInt(5)));
        }

        private void onPacket(SocketDriverAddress from, ByteBuffer packet) {
            int number = next.merge(from, 1, Integer::sum) - 1;
            int size = 2 + (number * 7919) % (number % 5 == 0 ? 19_000 : 300);
            assertThat(DriverPair.copy(packet))
                    .as("packet %d of %s", number, from)
                    .isEqualTo(Packets.packet(number, size));
            received++;
        }
    }
}
