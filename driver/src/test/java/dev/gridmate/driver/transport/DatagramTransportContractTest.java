package dev.gridmate.driver.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the driver relies on, of every network that carries datagrams behind its seam. */
@Timeout(60)
class DatagramTransportContractTest {

    private static final SocketOptions OPTIONS = new SocketOptions(AddressFamily.IPV4, 0, 0);
    private static final long LONG = Duration.ofSeconds(50).toNanos();

    enum Network {
        SYSTEM,
        SIMULATED
    }

    private final List<DatagramTransport> transports = new ArrayList<>();
    private final SimulatedNetwork simulated = new SimulatedNetwork(1);
    private Network network = Network.SYSTEM;
    private DatagramTransport server;
    private DatagramTransport client;

    private void on(Network chosen) throws IOException {
        network = chosen;
        server = bound(1, 0);
        client = bound(2, 0);
    }

    private DatagramTransport opened(int host) throws IOException {
        DatagramTransport transport = network == Network.SYSTEM
                ? SystemSockets.udp()
                : simulated.host("10.0.0." + host).openDatagrams();
        transports.add(transport);
        return transport;
    }

    private InetAddress ip(int host) throws IOException {
        return InetAddress.getByName(network == Network.SYSTEM ? "127.0.0.1" : "10.0.0." + host);
    }

    private DatagramTransport bound(int host, int port) throws IOException {
        DatagramTransport transport = opened(host);
        transport.bind(new InetSocketAddress(ip(host), port), false, OPTIONS);
        return transport;
    }

    @AfterEach
    void close() {
        transports.forEach(DatagramTransport::close);
    }

    private static ByteBuffer bytes(int count) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(count);
        for (int i = 0; i < count; i++) {
            buffer.put(i, (byte) i);
        }
        return buffer;
    }

    private InetSocketAddress received(DatagramTransport by, ByteBuffer into) throws IOException {
        InetSocketAddress sender = by.receive(into);
        if (sender == null) {
            by.await(LONG, false);
            sender = by.receive(into);
        }
        return sender;
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramArrivesWholeAndSaysWhoSentIt(Network chosen) throws IOException {
        on(chosen);
        ByteBuffer datagram = bytes(1000);
        assertThat(client.send(datagram, server.localAddress())).isTrue();
        assertThat(datagram.remaining()).isZero();
        ByteBuffer into = ByteBuffer.allocateDirect(65_535).position(10);
        assertThat(received(server, into)).isEqualTo(client.localAddress());
        assertThat(into.position()).isEqualTo(1010);
        assertThat(into.flip().position(10)).isEqualTo(bytes(1000));
    }

    @ParameterizedTest
    @EnumSource
    void datagramsKeepTheirBoundariesAndTheirOrderOnACalmNetwork(Network chosen) throws IOException {
        on(chosen);
        for (int size : new int[] {1, 0, 500, 65_507}) {
            client.send(bytes(size), server.localAddress());
        }
        for (int size : new int[] {1, 0, 500, 65_507}) {
            ByteBuffer into = ByteBuffer.allocateDirect(65_535);
            assertThat(received(server, into)).isNotNull();
            assertThat(into.position()).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereNothingIsNothingIsReceived(Network chosen) throws IOException {
        on(chosen);
        assertThat(server.receive(ByteBuffer.allocateDirect(10))).isNull();
        assertThat(server.isWritable()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotFitTheRoomIsCut(Network chosen) throws IOException {
        on(chosen);
        client.send(bytes(100), server.localAddress());
        client.send(bytes(3), server.localAddress());
        ByteBuffer into = ByteBuffer.allocateDirect(10);
        assertThat(received(server, into)).isNotNull();
        assertThat(into.flip()).isEqualTo(bytes(10));
        assertThat(received(server, into.clear())).isNotNull();
        assertThat(into.flip()).isEqualTo(bytes(3));
    }

    @ParameterizedTest
    @EnumSource
    void aDatagramToNobodyIsTakenAndTheSocketGoesOn(Network chosen) throws IOException {
        on(chosen);
        DatagramTransport gone = bound(1, 0);
        gone.close();
        for (int i = 0; i < 5; i++) {
            assertThat(client.send(bytes(10), gone.localAddress())).isTrue();
        }
        server.send(bytes(3), client.localAddress());
        assertThat(received(client, ByteBuffer.allocateDirect(10))).isEqualTo(server.localAddress());
    }

    @ParameterizedTest
    @EnumSource
    void whatTheSystemRefusesIsAnExceptionAndTheSocketGoesOn(Network chosen) throws IOException {
        on(chosen);
        InetSocketAddress everybody =
                new InetSocketAddress("255.255.255.255", server.localAddress().getPort());
        assertThatThrownBy(() -> client.send(bytes(10), everybody)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.send(bytes(65_508), server.localAddress()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too long");
        client.send(bytes(10), server.localAddress());
        assertThat(received(server, ByteBuffer.allocateDirect(10))).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aPortInUseAndAForeignAddressCannotBeBoundAndAClosedPortIsFreeAtOnce(Network chosen) throws IOException {
        on(chosen);
        int port = server.localAddress().getPort();
        assertThat(port).isPositive();
        server.await(1, false);
        assertThatThrownBy(() -> bound(1, port))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.SOCKET_BIND))
                .hasMessageContaining("cannot bind " + ip(1).getHostAddress() + '|' + port)
                .hasMessageContaining("in use");
        assertThatThrownBy(() -> opened(1).bind(new InetSocketAddress("198.51.100.1", 0), false, OPTIONS))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.SOCKET_BIND));
        server.close();
        server.close();
        assertThat(bound(1, port).localAddress().getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsForADatagramAndAgainUntilItIsReceived(Network chosen) throws IOException {
        on(chosen);
        simulated.latency(Duration.ofMillis(7));
        client.send(bytes(1), server.localAddress());
        for (int i = 0; i < 3; i++) {
            long before = server.nanoTime();
            server.await(LONG, false);
            assertThat(server.nanoTime() - before).isLessThan(LONG / 2);
        }
        assertThat(server.receive(ByteBuffer.allocateDirect(1))).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aWaitForRoomEndsAtOnceWhereThereIsRoomAndIsNotOneWhenNotAskedFor(Network chosen) throws IOException {
        on(chosen);
        long before = server.nanoTime();
        server.await(LONG, true);
        assertThat(server.nanoTime() - before).isLessThan(LONG / 2);
        before = server.nanoTime();
        server.await(Duration.ofMillis(5).toNanos(), false);
        assertThat(server.nanoTime() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
    }

    @ParameterizedTest
    @EnumSource
    void aWakeUpBeforeTheWaitEndsItAlsoWhenOtherCallsComeBetween(Network chosen) throws IOException {
        on(chosen);
        server.wakeup();
        server.isWritable();
        server.receive(ByteBuffer.allocateDirect(1));
        long before = server.nanoTime();
        server.await(LONG, false);
        assertThat(server.nanoTime() - before).isLessThan(LONG / 2);
    }

    @ParameterizedTest
    @EnumSource
    void afterCloseAWakeUpDoesNothingAndACallIsAnException(Network chosen) throws IOException {
        on(chosen);
        server.await(1, false);
        server.close();
        server.wakeup();
        assertThatThrownBy(() -> server.receive(ByteBuffer.allocateDirect(1))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> server.send(bytes(1), client.localAddress())).isInstanceOf(IOException.class);
    }
}
