package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a hostile peer makes a driver do, counted and not timed: calls across the seam to the
 * network, in both directions. It is the same with few others and with ten thousand.
 */
class HostileCostTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int TIMES = 20;
    private static final int FEW = 10;
    private static final int MANY = 10_000;

    private long calls;

    /** What the peer does, again and again, while others are connected and say nothing. */
    enum Kind {
        CONNECTS_AND_SENDS_AN_EMPTY_FRAME(false) {
            @Override
            void attack(SimulatedPair it, SimulatedPeer inside) {
                connectAndSend(it, 0, 0);
            }
        },
        CONNECTS_AND_LEAVES(false) {
            @Override
            void attack(SimulatedPair it, SimulatedPeer inside) {
                connectAndSend(it);
            }
        },
        SENDS_A_PACKET_BYTE_BY_BYTE(false) {
            @Override
            void attack(SimulatedPair it, SimulatedPeer inside) {
                inside.write((byte) 0);
                it.step(MOMENT);
                inside.write((byte) 1);
                it.step(MOMENT);
                inside.write((byte) 7);
                it.step(MOMENT);
                assertThat(it.driver.receive((from, packet) -> {}, 10)).isEqualTo(1);
            }
        },
        CONNECTS_AND_SENDS_NO_RECORD(true) {
            @Override
            void attack(SimulatedPair it, SimulatedPeer inside) {
                connectAndSend(it, 9, 9, 9, 0, 1, 1);
            }
        },
        CONNECTS_AND_SENDS_A_HELLO_THAT_IS_NONE(true) {
            @Override
            void attack(SimulatedPair it, SimulatedPeer inside) {
                connectAndSend(it, 22, 3, 1, 0, 5, 9, 9, 9, 9, 9);
            }
        },
        SENDS_A_HELLO_BYTE_BY_BYTE(true) {
            @Override
            void attack(SimulatedPair it, SimulatedPeer inside) {
                inside.write((byte) 22); // and it has announced more bytes than this test sends
                it.step(MOMENT);
            }
        };

        private final boolean tls;

        Kind(boolean tls) {
            this.tls = tls;
        }

        abstract void attack(SimulatedPair it, SimulatedPeer inside);

        static void connectAndSend(SimulatedPair it, int... bytes) {
            SimulatedPeer peer = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.step(MOMENT);
            for (int each : bytes) {
                peer.write((byte) each);
            }
            it.step(MOMENT);
            peer.close();
            it.step(MOMENT);
            it.step(MOMENT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAHostilePeerCostsIsTheSameWithFewOthersAndWithMany(Kind kind) {
        double few = callsFor(kind, FEW);
        double many = callsFor(kind, MANY);
        assertThat(few).isPositive();
        assertThat(many).isCloseTo(few, within(few / 5));
    }

    private long callsFor(Kind kind, int others) {
        try (SimulatedPair it = new SimulatedPair(config -> settings(kind, config))) {
            for (int i = 0; i < others; i++) {
                SimulatedHost host = it.network.host("10.1." + i / 250 + "." + (1 + i % 250));
                host.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
                if (i % 8 == 7) {
                    it.step(MOMENT);
                }
            }
            SimulatedPeer inside = it.peerHost.connectRaw(SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
            it.pass(Duration.ofMillis(50));
            assertThat(it.count(DriverCounter.CONNECTIONS_ACCEPTED)).isEqualTo(others + 1);
            if (kind == Kind.SENDS_A_HELLO_BYTE_BY_BYTE) {
                inside.write((byte) 22, (byte) 3, (byte) 1, (byte) 8, (byte) 0);
                it.step(MOMENT);
            }
            kind.attack(it, inside); // the first one may make what the others find
            calls = 0;
            for (int i = 0; i < TIMES; i++) {
                kind.attack(it, inside);
            }
            long counted = calls;
            assertThat(it.count(DriverCounter.CONNECTIONS_REJECTED)).isZero();
            return counted;
        }
    }

    private StreamSocketDriverConfig.Builder settings(Kind kind, StreamSocketDriverConfig.Builder config) {
        Transport.Factory inner = config.build().transport();
        config.maxConnections(2 * MANY)
                .maxConnectionsPerRemoteIp(0)
                .connectsPerSecondPerRemoteIp(0)
                .updateBudget(Duration.ZERO)
                .transport(() -> counted(Transport.class, inner.open()));
        return kind.tls
                ? config.tls(TlsFixture.serverTls()
                        .maxHandshakes(2 * MANY)
                        .handshakeTimeout(Duration.ofHours(1))
                        .build())
                : config;
    }

    @ParameterizedTest
    @EnumSource(names = {"IPV4", "IPV6"})
    void whatAStrangersDatagramCostsIsTheSameAfterFewSendersAndAfterMany(AddressFamily family) throws Exception {
        double few = callsForDatagrams(family, FEW);
        double many = callsForDatagrams(family, MANY);
        assertThat(few).isPositive();
        assertThat(many).isCloseTo(few, within(few / 5));
    }

    private long callsForDatagrams(AddressFamily family, int senders) throws Exception {
        String prefix = family == AddressFamily.IPV4 ? "10.0.0." : "2001:db8::";
        SimulatedNetwork network = new SimulatedNetwork(1);
        SimulatedHost serverHost = network.host(prefix + 1);
        SimulatedHost strangers = network.host(prefix + 2);
        try (GridMate gridMate = new GridMate()) {
            SocketDriver driver = new SocketDriver(
                    gridMate,
                    SocketDriverConfig.builder()
                            .transport(() -> counted(DatagramTransport.class, serverHost.openDatagrams()))
                            .build());
            ok(driver.initialize(family, null, SimulatedPair.PORT));
            InetSocketAddress to = SimulatedPair.at(prefix + 1, SimulatedPair.PORT);
            for (int i = 0; i < senders; i++) {
                calls = 0;
                try (DatagramTransport stranger = strangers.openDatagrams()) {
                    stranger.bind(SimulatedPair.at(prefix + 2, 0), false, new SocketOptions(family, 0, 0));
                    for (int n = 0; n < (i == senders - 1 ? TIMES : 1); n++) {
                        assertThat(stranger.send(ByteBuffer.allocate(7), to)).isTrue();
                        network.advance(MOMENT);
                        driver.update();
                        assertThat(driver.receive((from, packet) -> {}, 10)).isEqualTo(1);
                    }
                }
            }
            return calls; // of the last sender
        }
    }

    /** The same, and every call of it, and of what it hands out or is handed, is counted. */
    private <T> T counted(Class<T> type, T inner) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    calls++;
                    Object[] handed = arguments;
                    if (method.getName().equals("attach") && arguments[0] instanceof Ready ready) {
                        Ready countedReady = () -> {
                            calls++;
                            return ready.onReady();
                        };
                        handed = new Object[] {countedReady};
                    }
                    try {
                        return counted(method.invoke(inner, handed));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private Object counted(Object result) {
        if (result instanceof Endpoint endpoint) {
            return counted(Endpoint.class, endpoint);
        }
        return result instanceof Listener listener ? counted(Listener.class, listener) : result;
    }
}
