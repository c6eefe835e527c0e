package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.testkit.Allocation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a message costs in its steady state, on real sockets: bytes allocated, counted and not
 * timed.
 */
@Timeout(120)
class CarrierCostTest {

    /**
     * What a DatagramChannel allocates for a packet when the senders take turns, on an IPv4 socket.
     */
    private static final long CHANNEL_ALLOCATES = 120;

    @ParameterizedTest
    @CsvSource({"TCP, 1", "TCP, 64", "TCP, 1000", "TCP, 5000", "UDP, 1", "UDP, 64", "UDP, 1000", "UDP, 5000"})
    void aMessageThereAndBackAllocatesNothing(Side.Wire wire, int size) {
        try (Echo echo = new Echo(wire, 1)) {
            ByteBuffer message = ByteBuffer.allocateDirect(size);
            assertThat(Allocation.of(() -> echo.roundTrip(message, DataReliability.SEND_RELIABLE)))
                    .isLessThan(Allocation.NOISE);
            assertThat(Allocation.of(() -> echo.roundTrip(message, DataReliability.SEND_UNRELIABLE)))
                    .isLessThan(Allocation.NOISE);
        }
    }

    @Test
    void overUdpWithSeveralPeersNothingIsAllocatedButWhatTheChannelAllocates() {
        try (Echo echo = new Echo(Side.Wire.UDP, 2)) {
            ByteBuffer message = ByteBuffer.allocateDirect(64);
            long before = echo.datagramsIntoTheServer();
            long allocated = Allocation.of(() -> echo.roundTrip(message, DataReliability.SEND_RELIABLE));
            long most = (echo.datagramsIntoTheServer() - before) * CHANNEL_ALLOCATES;
            assertThat(allocated).isBetween(1L, most);
        }
    }

    @Test
    void anIdleUpdateAllocatesNothing() {
        try (Echo echo = new Echo(Side.Wire.TCP, 3)) {
            assertThat(Allocation.of(echo::update)).isLessThan(Allocation.NOISE);
        }
    }

    @Test
    void walkingTheConnectionsAllocatesNothing() {
        try (Echo echo = new Echo(Side.Wire.TCP, 3)) {
            assertThat(Allocation.of(echo::walkByPlace)).isLessThan(Allocation.NOISE);
            assertThat(Allocation.of(echo::walk)).isLessThan(Allocation.NOISE);
            assertThat(echo.walked).isPositive();
        }
    }

    @Test
    void aMessageToAllButOneAllocatesNothing() {
        try (Echo echo = new Echo(Side.Wire.TCP, 3)) {
            ByteBuffer message = ByteBuffer.allocateDirect(64);
            assertThat(Allocation.of(() -> echo.toOthers(message))).isLessThan(Allocation.NOISE);
        }
    }

    /** A server that echoes, and its clients, all on this thread. */
    private static final class Echo implements AutoCloseable {

        private final GridMate serverSide = new GridMate();
        private final Driver serverDriver;
        private final Carrier server;
        private final List<GridMate> clientSides = new ArrayList<>();
        private final List<Carrier> clients = new ArrayList<>();
        private final List<ConnectionId> ids = new ArrayList<>();
        private int returned;
        private long walked;
        private final MessageHandler echo;
        private final MessageHandler count = (from, channel, reliability, message) -> returned++;

        Echo(Side.Wire wire, int count) {
            serverDriver = driver(wire, serverSide);
            server = Carrier.create(CarrierDesc.builder().driver(serverDriver).build(), serverSide);
            echo = (from, channel, reliability, message) -> {
                if (server.send(message, from, reliability, DataPriority.NORMAL, channel) != SendResult.OK) {
                    throw new IllegalStateException("not echoed");
                }
            };
            for (int i = 0; i < count; i++) {
                GridMate side = new GridMate();
                clientSides.add(side);
                Carrier client = Carrier.create(
                        CarrierDesc.builder().driver(driver(wire, side)).build(), side);
                clients.add(client);
                ids.add(client.connect("127.0.0.1", serverDriver.port()));
            }
            while (server.numConnections() < count || clients.stream().anyMatch(each -> each.numConnections() == 0)) {
                update();
            }
        }

        private static Driver driver(Side.Wire wire, GridMate gridMate) {
            Driver driver = wire == Side.Wire.UDP
                    ? new SocketDriver(gridMate)
                    : new StreamSocketDriver(gridMate, 8, 1372, 65_536, 65_536);
            check(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
            if (driver instanceof StreamSocketDriver stream) {
                check(stream.startListen(8));
            }
            return driver;
        }

        private static void check(ResultCode code) {
            if (code != ResultCode.OK) {
                throw new IllegalStateException(code.toString());
            }
        }

        void update() {
            server.update();
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).update();
            }
        }

        long datagramsIntoTheServer() {
            return server.counter(CarrierCounter.DATAGRAMS_IN);
        }

        /** Each client sends a message and gets it back. */
        void roundTrip(ByteBuffer message, DataReliability reliability) {
            returned = 0;
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).send(message, ids.get(i), reliability, DataPriority.NORMAL, 0);
            }
            while (returned < clients.size()) {
                update();
                server.receive(echo, 10);
                for (int i = 0; i < clients.size(); i++) {
                    clients.get(i).receive(count, 10);
                }
            }
        }

        void walk() {
            for (ConnectionId each : server.connections()) {
                walked += each.number();
            }
        }

        void walkByPlace() {
            List<ConnectionId> all = server.connections();
            for (int i = 0; i < all.size(); i++) {
                walked += all.get(i).number();
            }
        }

        /** The server sends a message to all but the first, who receive it. */
        void toOthers(ByteBuffer message) {
            returned = 0;
            ConnectionId first = server.connections().get(0);
            server.sendToAll(message, first, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 0);
            while (returned < clients.size() - 1) {
                update();
                for (int i = 0; i < clients.size(); i++) {
                    clients.get(i).receive(count, 10);
                }
            }
        }

        @Override
        public void close() {
            clientSides.forEach(GridMate::close);
            serverSide.close();
        }
    }
}
