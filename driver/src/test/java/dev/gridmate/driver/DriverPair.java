package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.tls.Certificates;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Two drivers of one kind that can reach each other, and what a test of the {@link Driver}
 * interface does with them.
 */
final class DriverPair implements AutoCloseable {

    enum Kind {
        STREAM,
        STREAM_SIMULATED,
        STREAM_TLS,
        STREAM_TLS_SIMULATED,
        DATAGRAM,
        DATAGRAM_SIMULATED;

        boolean isStream() {
            return this != DATAGRAM && this != DATAGRAM_SIMULATED;
        }

        boolean isSimulated() {
            return this == STREAM_SIMULATED || this == STREAM_TLS_SIMULATED || this == DATAGRAM_SIMULATED;
        }

        boolean isSecure() {
            return this == STREAM_TLS || this == STREAM_TLS_SIMULATED;
        }

        String ip(int host) {
            return isSimulated() ? "10.0.0." + host : "127.0.0.1";
        }
    }

    final Kind kind;
    final SimulatedNetwork network = new SimulatedNetwork(1);
    final GridMate gridMate = new GridMate();
    final Driver server;
    final Driver client;
    final SocketDriverAddress toServer;
    final SocketDriverAddress toClient;

    DriverPair(Kind kind) {
        this.kind = kind;
        server = driver(kind, gridMate, network.host("10.0.0.1"));
        client = driver(kind, gridMate, network.host("10.0.0.2"));
        ok(server.initialize(AddressFamily.IPV4, kind.ip(1), 0));
        ok(client.initialize(AddressFamily.IPV4, kind.ip(2), 0));
        if (server instanceof StreamSocketDriver listening && client instanceof StreamSocketDriver connecting) {
            ok(listening.startListen(8));
            toServer = client.createDriverAddress(kind.ip(1) + '|' + server.port());
            ok(connecting.connectTo(toServer));
            until(() -> listening.numberOfConnections() == 1 && connecting.isConnectedTo(toServer));
            toClient = listening.connections().get(0);
        } else {
            toServer = client.createDriverAddress(kind.ip(1) + '|' + server.port());
            toClient = server.createDriverAddress(kind.ip(2) + '|' + client.port());
        }
    }

    static Driver driver(Kind kind, GridMate gridMate, SimulatedHost host) {
        return switch (kind) {
            case STREAM -> new StreamSocketDriver(gridMate, 4, 1372, 65_536, 65_536);
            case STREAM_SIMULATED ->
                new StreamSocketDriver(
                        gridMate,
                        StreamSocketDriverConfig.builder()
                                .maxPacketSize(1372)
                                .transport(host)
                                .build());
            case STREAM_TLS ->
                new StreamSocketDriver(
                        gridMate,
                        StreamSocketDriverConfig.builder()
                                .maxConnections(4)
                                .maxPacketSize(1372)
                                .tls(tls())
                                .build());
            case STREAM_TLS_SIMULATED ->
                new StreamSocketDriver(
                        gridMate,
                        StreamSocketDriverConfig.builder()
                                .maxPacketSize(1372)
                                .transport(host)
                                .tls(tls())
                                .build());
            case DATAGRAM -> new SocketDriver(gridMate);
            case DATAGRAM_SIMULATED ->
                new SocketDriver(
                        gridMate,
                        SocketDriverConfig.builder()
                                .transport(host::openDatagrams)
                                .build());
        };
    }

    /** For either side. */
    static TlsConfig tls() {
        return TlsConfig.builder()
                .certificatePem(Certificates.COMMON.server().certificatePem())
                .privateKeyPem(Certificates.COMMON.server().keyPem())
                .certificateAuthorityPem(Certificates.COMMON.authority().certificatePem())
                .build();
    }

    /** Runs both drivers until something is so, while time passes on either network. */
    void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Loopback.PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("still waiting, %s, %s", server, client)
                    .isLessThan(end);
            client.update();
            server.update();
            network.advance(Duration.ofMillis(1));
        }
    }

    /**
     * Sends packets 0 to count - 1 from the client, which are at the server when this returns, or
     * on their way.
     */
    void send(int count, int size) {
        for (int i = 0; i < count; i++) {
            ok(client.send(toServer, Packets.buffer(i, size)));
        }
        client.flush();
    }

    /** Receives so many packets at the server. */
    List<byte[]> receive(int count) {
        List<byte[]> received = new ArrayList<>();
        until(() -> {
            server.receive((from, packet) -> received.add(copy(packet)), 10);
            return received.size() >= count;
        });
        assertThat(received).hasSize(count);
        return received;
    }

    static byte[] copy(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.get(packet.position(), bytes);
        return bytes;
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
