package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What peers cost that have proved nothing: memory, places in tables, and work. */
@Timeout(60)
class StrangersTest {

    private static final int RETAINED_LIMIT = 512;

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final GridMate gridMate = new GridMate();
    private final SocketDriver driver = new SocketDriver(
            gridMate,
            SocketDriverConfig.builder()
                    .transport(network.host("10.0.0.1")::openDatagrams)
                    .build());
    private final DatagramWriter writer = new DatagramWriter();
    private final MessageHeader header = new MessageHeader();
    private Carrier carrier = open(NewcomerLimits.DEFAULTS);

    private Carrier open(NewcomerLimits limits) {
        if (!driver.isInitialized()) {
            assertThat(driver.initialize(AddressFamily.IPV4, null, Side.PORT)).isNotNull();
        }
        return Carrier.create(
                CarrierDesc.builder()
                        .driver(driver)
                        .newcomers(limits.withConnectsPerSecondPerRemoteIp(0).withMaxConnectionsPerRemoteIp(0))
                        .maxConnections(20_000)
                        .build(),
                gridMate);
    }

    private void reopen(NewcomerLimits limits) {
        carrier.close();
        carrier = open(limits);
    }

    @AfterEach
    void close() {
        carrier.close();
        gridMate.close();
    }

    /** Addresses of which the JDK's hash is the same. */
    private static SocketDriverAddress address(int number) {
        byte[] ip = {20, 0, (byte) (number >>> 8), (byte) number};
        try {
            return SocketDriverAddress.of(new InetSocketAddress(InetAddress.getByAddress(ip), 30_000 - number));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private ByteBuffer request() {
        return request(1);
    }

    private ByteBuffer request(int version) {
        ByteBuffer datagram = ByteBuffer.allocate(64);
        writer.begin(datagram, 2);
        put(datagram, true, 0, 0, 0, version, SystemMessage.CONNECT_REQUEST);
        return datagram.limit(writer.size());
    }

    private ByteBuffer acknowledgement(int number) {
        ByteBuffer datagram = ByteBuffer.allocate(64);
        writer.begin(datagram, 3);
        put(datagram, false, 0, number >>> 8, number, SystemMessage.ACKS);
        return datagram.limit(writer.size());
    }

    private void put(ByteBuffer datagram, boolean isConnecting, int... payload) {
        header.channel = MessageHeader.SYSTEM_CHANNEL;
        header.isConnecting = isConnecting;
        header.length = payload.length;
        header.reliableSeq = 65_535;
        datagram.put(writer.putHeader(header), RawPeer.bytes(payload));
    }

    private void ask(int first, int count) {
        for (int i = first; i < first + count; i++) {
            carrier.newcomers.onPacket(address(i), request());
            if (i % 100 == 0) {
                carrier.update();
            }
        }
        carrier.update();
    }

    /** Connects peers that have proved their addresses. */
    private void connect(int first, int count) {
        for (int i = first; i < first + count; i++) {
            SocketDriverAddress address = address(i);
            carrier.newcomers.onPacket(address, request());
            Newcomer newcomer = carrier.newcomers.find(address);
            assertThat(newcomer).isNotNull();
            carrier.newcomers.onPacket(address, acknowledgement(newcomer.firstAnswer()));
            if (i % 100 == 0) {
                carrier.update();
            }
        }
        carrier.update();
        assertThat(carrier.numConnections()).isEqualTo(first + count);
    }

    @Test
    void aNewcomerWithAllThatBelongsToItTakesLessThan512Bytes() {
        int count = 8_000;
        ask(10_000, 100);
        long before = used();
        ask(0, count);
        long held = used() - before;
        assertThat(carrier.newcomers.table.size()).isEqualTo(count + 100);
        assertThat(held / count).as("bytes of each").isBetween(100L, (long) RETAINED_LIMIT);
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    @Test
    void aStrangersDatagramCostsTheSameWithAnyNumberOfPeersThatShareAHash() {
        double[] costs = new double[3];
        int[] peers = {0, 1_000, 10_000};
        for (int i = 0; i < peers.length; i++) {
            connect(carrier.numConnections(), peers[i] - carrier.numConnections());
            long looks = Side.looks(carrier);
            costs[i] = stepsOfStrangers();
            assertThat(Side.looks(carrier)).as("connections looked at").isEqualTo(looks);
        }
        assertThat(costs[1]).isBetween(0.8 * costs[0], 1.2 * costs[0]);
        assertThat(costs[2]).isBetween(0.8 * costs[0], 1.2 * costs[0]);
    }

    @Test
    void aStrangersDatagramCostsTheSameWithAnyNumberOfNewcomersThatShareAHash() {
        reopen(NewcomerLimits.DEFAULTS.withMax(100_000));
        ask(0, 10);
        double few = stepsOfStrangers();
        ask(10, 9_990);
        assertThat(carrier.newcomers.table.size()).isEqualTo(10_000);
        assertThat(stepsOfStrangers()).isBetween(0.8 * few, 1.2 * few);
    }

    private double stepsOfStrangers() {
        long before = carrier.newcomers.table.steps;
        for (int i = 0; i < 1_000; i++) {
            carrier.newcomers.onPacket(address(20_000 + i), ByteBuffer.wrap(new byte[] {7}));
        }
        return (carrier.newcomers.table.steps - before) / 1_000.0;
    }

    @Test
    void theAddressWithMostNewcomersGivesWayFirst() {
        reopen(NewcomerLimits.DEFAULTS.withMax(100));
        ask(0, 50);
        InetAddress greedy = address(200).ip();
        for (int port = 1; port <= 1_000; port++) {
            carrier.newcomers.onPacket(SocketDriverAddress.of(new InetSocketAddress(greedy, port)), request());
        }
        for (int i = 0; i < 50; i++) {
            assertThat(carrier.newcomers.find(address(i)))
                    .as("that of address %d", i)
                    .isNotNull();
        }
        assertThat(carrier.newcomers.table.size()).isEqualTo(100);
        assertThat(carrier.counter(CarrierCounter.NEWCOMERS_GAVE_WAY)).isEqualTo(950);
    }

    @Test
    void oneRemoteIpHasAsManyNewcomersAsItMay() {
        reopen(NewcomerLimits.DEFAULTS.withMaxPerRemoteIp(3));
        for (int port = 1; port <= 10; port++) {
            carrier.newcomers.onPacket(
                    SocketDriverAddress.of(new InetSocketAddress(address(0).ip(), port)), request());
        }
        assertThat(carrier.newcomers.table.size()).isEqualTo(3);
        assertThat(carrier.counter(CarrierCounter.NEWCOMERS_GAVE_WAY)).isEqualTo(7);
    }

    @Test
    void oneThatWasRefusedAlreadyGivesWayWithoutAnotherWord() {
        reopen(NewcomerLimits.DEFAULTS.withMaxPerRemoteIp(3));
        for (int port = 1; port <= 10; port++) {
            carrier.newcomers.onPacket(
                    SocketDriverAddress.of(new InetSocketAddress(address(0).ip(), port)), request(9));
        }
        assertThat(carrier.newcomers.table.size()).isEqualTo(3);
        assertThat(carrier.counter(CarrierCounter.CONNECTIONS_INCOMING)).isEqualTo(10);
        assertThat(carrier.counter(CarrierCounter.CONNECTS_FAILED)).isEqualTo(10);
    }
}
