package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.transport.DatagramTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is particular to datagrams; what all drivers do is in {@link DriverContractTest}. */
@Timeout(60)
class SocketDriverTest {

    private static final SocketDriverConfig FULL =
            SocketDriverConfig.builder().isFullPackets(true).build();

    private final GridMate gridMate = new GridMate();
    private final SimulatedNetwork network = new SimulatedNetwork(1);

    @AfterEach
    void close() {
        gridMate.close();
    }

    private SocketDriver driver(SocketDriverConfig config) {
        return new SocketDriver(gridMate, config);
    }

    private SocketDriver loopback() {
        return loopback(SocketDriverConfig.builder().build());
    }

    private SocketDriver loopback(SocketDriverConfig config) {
        SocketDriver driver = driver(config);
        ok(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
        return driver;
    }

    private SocketDriver simulated(String ip, int port) {
        DatagramTransport.Factory factory = network.host(ip)::openDatagrams;
        SocketDriver driver =
                driver(SocketDriverConfig.builder().transport(factory).build());
        ok(driver.initialize(AddressFamily.IPV4, ip, port));
        return driver;
    }

    private static SocketDriverAddress address(Driver by, Driver of) {
        return by.createDriverAddress("127.0.0.1|" + of.port());
    }

    private static byte[] received(SocketDriver by) {
        List<byte[]> packets = new ArrayList<>();
        while (by.receive((from, packet) -> packets.add(DriverPair.copy(packet)), 1) == 0) {
            assertThat(by.waitForData(Loopback.PATIENCE)).isTrue();
        }
        return packets.get(0);
    }

    // ------------------------------------------------------------ sizes

    @Test
    void theLargestPacketIsWhatTheConfigSays() {
        assertThat(new SocketDriver(gridMate).maxSendSize()).isEqualTo(1400 - 28);
        SocketDriverConfig cross =
                SocketDriverConfig.builder().isCrossPlatform(true).build();
        assertThat(driver(cross).maxSendSize()).isEqualTo(1264 - 28);
        assertThat(driver(FULL).maxSendSize()).isEqualTo(65_507 - 28);
        assertThat(FULL.isFullPackets()).isTrue();
        assertThat(FULL.isCrossPlatform()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketDriverConfig.builder()
                        .isFullPackets(true)
                        .isCrossPlatform(true)
                        .build())
                .withMessageContaining("isFullPackets")
                .withMessageContaining("isCrossPlatform");
    }

    @Test
    void aFullPacketArrivesAlsoAtADriverThatSendsSmallOnesOnly() {
        SocketDriver small = loopback();
        SocketDriver full = loopback(FULL);
        ok(full.send(address(full, small), Packets.buffer(3, full.maxSendSize())));
        assertThat(received(small)).isEqualTo(Packets.packet(3, 65_479));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.send(address(small, full), Packets.buffer(3, 1373)))
                .withMessage("packet has 1373 bytes, it must have 1 to 1372");
    }

    // ------------------------------------------------------------ binding

    @Test
    void initializeBindsAndAPortInUseIsAResultAfterWhichAnotherCanBeTried() {
        SocketDriver first = loopback();
        assertThat(first.port()).isPositive();
        assertThat(first).hasToString("SocketDriver[port " + first.port() + "]");
        SocketDriver second = new SocketDriver(gridMate);
        assertThat(second.initialize(AddressFamily.IPV4, "127.0.0.1", first.port()))
                .isEqualTo(ResultCode.SOCKET_BIND);
        assertThat(second.lastError()).contains("127.0.0.1|" + first.port()).contains("in use");
        assertThat(second).hasToString("SocketDriver[not initialized]");
        int port = first.port();
        first.close();
        ok(second.initialize(AddressFamily.IPV4, "127.0.0.1", port));
        assertThat(second.port()).isEqualTo(port);
    }

    @Test
    void anAddressThatIsNotThisMachinesCannotBeBound() {
        SocketDriver driver = new SocketDriver(gridMate);
        assertThat(driver.initialize(AddressFamily.IPV4, "198.51.100.1", 0)).isEqualTo(ResultCode.SOCKET_BIND);
        assertThat(driver.lastError()).contains("198.51.100.1");
    }

    @Test
    void theSystemsBuffersAreAsAskedFor() {
        SocketDriver receiver = new SocketDriver(gridMate);
        ok(receiver.initialize(AddressFamily.IPV4, "127.0.0.1", 0, false, 4096, 4096));
        SocketDriver sender = loopback();
        for (int i = 0; i < 1000; i++) {
            ok(sender.send(address(sender, receiver), Packets.buffer(i, 1000)));
        }
        assertThat(receiver.receive((from, packet) -> {}, 1000)).isBetween(1, 100);
    }

    // ------------------------------------------------------------ broadcast

    @Test
    void aBroadcastReachesASocketOnAllInterfacesIfItWasAskedFor() {
        SocketDriver receiver = new SocketDriver(gridMate);
        ok(receiver.initialize(AddressFamily.IPV4, null, 0));
        SocketDriver sender = new SocketDriver(gridMate);
        ok(sender.initialize(AddressFamily.IPV4, null, 0, true, 0, 0));
        SocketDriverAddress everybody = sender.createDriverAddress("127.255.255.255|" + receiver.port());
        ok(sender.send(everybody, Packets.buffer(1, 10)));
        assertThat(received(receiver)).isEqualTo(Packets.packet(1, 10));

        SocketDriver plain = loopback();
        assertThat(plain.send(everybody, Packets.buffer(1, 10))).isEqualTo(ResultCode.SEND);
        assertThat(plain.lastError()).contains(everybody.toString()).containsIgnoringCase("denied");
        assertThat(plain.counter(DriverCounter.SENDS_REJECTED)).isEqualTo(1);
        assertThat(plain.counter(DriverCounter.PACKETS_OUT)).isZero();
        ok(plain.send(address(plain, receiver), Packets.buffer(2, 10)));
        assertThat(received(receiver)).isEqualTo(Packets.packet(2, 10));
    }

    @Test
    void ipv6HasNoBroadcast() {
        SocketDriver driver = new SocketDriver(gridMate);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV6, null, 0, true, 0, 0))
                .withMessageContaining("isBroadcast is true")
                .withMessageContaining("IPV6");
        ok(driver.initialize(AddressFamily.IPV6, null, 0, false, 0, 0));
    }

    // ------------------------------------------------------------ IPv6

    @Test
    void aDriverOfIpv6ReachesPeersOfBothFamiliesAndShowsEachUnderItsOwn() {
        SocketDriver both = new SocketDriver(gridMate);
        ok(both.initialize(AddressFamily.IPV6, null, 0));
        assertThat(both.packetOverheadSize()).isEqualTo(48);
        SocketDriver six = new SocketDriver(gridMate);
        ok(six.initialize(AddressFamily.IPV6, "::1", 0));
        SocketDriver four = loopback();
        assertThat(four.packetOverheadSize()).isEqualTo(28);

        ok(six.send(six.createDriverAddress("::1|" + both.port()), Packets.buffer(6, 10)));
        ok(four.send(address(four, both), Packets.buffer(4, 10)));
        List<SocketDriverAddress> senders = new ArrayList<>();
        while (senders.size() < 2) {
            both.waitForData(Loopback.PATIENCE);
            both.receive((from, packet) -> senders.add(from), 10);
        }
        SocketDriverAddress fours = both.createDriverAddress("127.0.0.1|" + four.port());
        SocketDriverAddress sixes = both.createDriverAddress("::1|" + six.port());
        assertThat(senders).containsExactlyInAnyOrder(sixes, fours);
        assertThat(senders).anySatisfy(each -> assertThat(each).isSameAs(fours));
        ok(both.send(fours, Packets.buffer(1, 20)));
        ok(both.send(sixes, Packets.buffer(2, 20)));
        assertThat(received(four)).isEqualTo(Packets.packet(1, 20));
        assertThat(received(six)).isEqualTo(Packets.packet(2, 20));

        assertThat(four.send(sixes, Packets.buffer(1, 20)))
                .as("another driver's address, of a family that this socket has not")
                .isEqualTo(ResultCode.SEND);
        assertThat(four.lastError()).contains("IPV4");
    }

    // ------------------------------------------------------------ errors of the network

    @Test
    void aPeerThatIsUnreachableBreaksNothingAndKeepsNobodyFromBeingReceived() {
        SocketDriver driver = loopback();
        SocketDriver gone = loopback();
        SocketDriverAddress nobody = address(driver, gone);
        gone.close();
        SocketDriver peer = loopback();
        for (int i = 0; i < 20; i++) {
            ok(driver.send(nobody, Packets.buffer(i, 10)));
            driver.update();
            ok(peer.send(address(peer, driver), Packets.buffer(i, 10)));
            assertThat(received(driver)).isEqualTo(Packets.packet(i, 10));
        }
        assertThat(driver.counter(DriverCounter.PACKETS_IN)).isEqualTo(20);
    }

    /**
     * A socket for which the system tells errors: Linux tells none to one that is not connected.
     */
    private static final class Troubled implements AutoCloseable {
        final SocketDriver driver;
        private int errors;
        private boolean refuses;

        Troubled(GridMate gridMate, SimulatedNetwork network) {
            driver = new SocketDriver(
                    gridMate,
                    SocketDriverConfig.builder()
                            .transport(() -> new ForwardingDatagrams(
                                    network.host("10.0.0.1").openDatagrams()) {
                                @Override
                                public boolean send(ByteBuffer datagram, InetSocketAddress to) throws IOException {
                                    if (refuses) {
                                        datagram.position(datagram.limit());
                                        throw new IOException("Operation not permitted");
                                    }
                                    return super.send(datagram, to);
                                }

                                @Override
                                public InetSocketAddress receive(ByteBuffer into) throws IOException {
                                    if (errors > 0) {
                                        errors--;
                                        throw new IOException("Connection reset");
                                    }
                                    return super.receive(into);
                                }
                            })
                            .build());
            ok(driver.initialize(AddressFamily.IPV4, "10.0.0.1", 2017));
        }

        @Override
        public void close() {
            driver.close();
        }
    }

    @Test
    void errorsInPlaceOfDatagramsAreCountedAndWhatIsBehindThemIsReceived() {
        try (Troubled troubled = new Troubled(gridMate, network)) {
            SocketDriver peer = simulated("10.0.0.2", 5000);
            ok(peer.send(peer.createDriverAddress("10.0.0.1|2017"), Packets.buffer(1, 10)));
            troubled.errors = 5;
            assertThat(received(troubled.driver)).isEqualTo(Packets.packet(1, 10));
            assertThat(troubled.driver.counter(DriverCounter.RECEIVE_ERRORS)).isEqualTo(5);
            assertThat(troubled.driver.lastError()).isEqualTo("cannot receive: Connection reset");
            troubled.errors = Integer.MAX_VALUE;
            assertThat(troubled.driver.receive((from, packet) -> {}, 10))
                    .as("a socket that has nothing but errors does not hold the program")
                    .isZero();
            assertThat(troubled.driver.receive(ByteBuffer.allocate(2000), new PacketInfo()))
                    .isZero();
        }
    }

    @Test
    void aDatagramThatTheSystemRefusesIsAResultAndTheNextOneGoes() {
        try (Troubled troubled = new Troubled(gridMate, network)) {
            SocketDriver peer = simulated("10.0.0.2", 5000);
            SocketDriverAddress to = troubled.driver.createDriverAddress("10.0.0.2|5000");
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(10).put(Packets.packet(1, 10)).flip();
            troubled.refuses = true;
            assertThat(troubled.driver.send(to, direct)).isEqualTo(ResultCode.SEND);
            assertThat(direct.remaining()).isEqualTo(10);
            assertThat(troubled.driver.lastError()).isEqualTo("cannot send to 10.0.0.2|5000: Operation not permitted");
            assertThat(troubled.driver.counter(DriverCounter.SENDS_REJECTED)).isEqualTo(1);
            assertThat(troubled.driver.writableBytes(to)).isEqualTo(1372);
            troubled.refuses = false;
            ok(troubled.driver.send(to, direct));
            assertThat(received(peer)).isEqualTo(Packets.packet(1, 10));
        }
    }

    @Test
    void aFullSystemTakesNothingSaysSoAndIsWaitedFor() {
        SocketDriver driver = simulated("10.0.0.1", 2017);
        SocketDriver peer = simulated("10.0.0.2", 5000);
        SocketDriverAddress to = driver.createDriverAddress("10.0.0.2|5000");
        assertThat(driver.writableBytes(to)).isEqualTo(1372);
        network.datagramFaults(DatagramFaults.NONE.withRefusedSends(1));
        assertThat(driver.send(to, Packets.buffer(1, 10))).isEqualTo(ResultCode.SEND_BUFFER_FULL);
        network.datagramFaults(DatagramFaults.NONE);
        assertThat(driver.writableBytes(to)).isZero();
        assertThat(driver.counter(DriverCounter.SENDS_REJECTED)).isEqualTo(1);
        assertThat(driver.update()).isZero();
        assertThat(driver.writableBytes(to)).isZero();

        long before = network.nanoTime();
        assertThat(driver.waitForData(Duration.ofSeconds(5))).isTrue();
        assertThat(network.nanoTime() - before).isEqualTo(1_000_000);
        assertThat(driver.writableBytes(to)).isEqualTo(1372);
        ok(driver.send(to, Packets.buffer(2, 10)));
        assertThat(received(peer)).isEqualTo(Packets.packet(2, 10));
    }

    @Test
    void anUpdateAndAFlushFindOutThatThereIsRoomAgain() {
        SocketDriver driver = simulated("10.0.0.1", 2017);
        SocketDriverAddress to = driver.createDriverAddress("10.0.0.2|5000");
        for (int i = 0; i < 2; i++) {
            network.datagramFaults(DatagramFaults.NONE.withRefusedSends(1));
            assertThat(driver.send(to, Packets.buffer(1, 10))).isEqualTo(ResultCode.SEND_BUFFER_FULL);
            network.advance(Duration.ofMillis(1));
            assertThat(driver.writableBytes(to)).isZero();
            assertThat(i == 0 ? driver.update() : driver.flush()).isEqualTo(i == 0 ? 1 : 0);
            assertThat(driver.writableBytes(to)).isEqualTo(1372);
        }
    }

    // ------------------------------------------------------------ what is no packet

    @Test
    void emptyDatagramsAreSkippedAndCountedAndAFloodOfThemDoesNotHoldTheProgram() throws IOException {
        SocketDriver driver = loopback();
        InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), driver.port());
        try (DatagramChannel peer = DatagramChannel.open()) {
            for (int i = 0; i < 3; i++) {
                peer.send(ByteBuffer.allocate(0), to);
            }
            peer.send(Packets.buffer(1, 10), to);
            assertThat(received(driver)).isEqualTo(Packets.packet(1, 10));
            assertThat(driver.counter(DriverCounter.DATAGRAMS_IGNORED)).isEqualTo(3);
            assertThat(driver.counter(DriverCounter.PACKETS_IN)).isEqualTo(1);

            for (int i = 0; i < 100; i++) {
                peer.send(ByteBuffer.allocate(0), to);
            }
            long before = driver.counter(DriverCounter.READS);
            assertThat(driver.receive((from, packet) -> {}, 10)).isZero();
            assertThat(driver.counter(DriverCounter.READS) - before).isLessThan(100);
            assertThat(driver.waitForData(Loopback.PATIENCE))
                    .as("there is more to look at")
                    .isTrue();
        }
    }

    @Test
    void theByteWithWhichTheOriginalWakesItselfIsNoPacketAndThatOfAnotherIs() {
        SocketDriver driver = loopback();
        ByteBuffer g = ByteBuffer.wrap(new byte[] {'G'});
        ok(driver.send(address(driver, driver), g));
        ok(driver.send(address(driver, driver), ByteBuffer.wrap(new byte[] {'H'})));
        assertThat(received(driver)).containsExactly('H');
        assertThat(driver.counter(DriverCounter.DATAGRAMS_IGNORED)).isEqualTo(1);

        SocketDriver peer = loopback();
        ok(peer.send(address(peer, driver), g));
        assertThat(received(driver)).containsExactly('G');

        SocketDriver here = simulated("10.0.0.1", 2017);
        SocketDriver samePort = simulated("10.0.0.2", 2017);
        ok(samePort.send(samePort.createDriverAddress("10.0.0.1|2017"), g));
        assertThat(received(here))
                .as("a peer on another host often has the same port")
                .containsExactly('G');
    }

    @Test
    void aPacketThatWasReadAndNotReceivedIsCountedAtTheEnd() {
        SocketDriver driver = loopback();
        SocketDriver peer = loopback();
        ok(peer.send(address(peer, driver), Packets.buffer(1, 10)));
        driver.waitForData(Loopback.PATIENCE);
        PacketInfo result = new PacketInfo();
        assertThat(driver.receive(ByteBuffer.allocate(9), result)).isZero();
        assertThat(result.code()).isEqualTo(ResultCode.RECEIVE_BUFFER_TOO_SMALL);
        driver.close();
        assertThat(driver.counter(DriverCounter.PACKETS_UNDELIVERED)).isEqualTo(1);
    }

    // ------------------------------------------------------------ many peers

    @Test
    void oneSocketServesAllPeersAndEachIsOneAddressForAsLongAsItIsHeld() {
        SocketDriver server = loopback();
        List<SocketDriver> peers = new ArrayList<>();
        List<SocketDriverAddress> addresses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            peers.add(loopback());
            addresses.add(address(server, peers.get(i)));
        }
        for (int round = 0; round < 3; round++) {
            for (SocketDriver peer : peers) {
                ok(peer.send(address(peer, server), Packets.buffer(round, 10)));
            }
            List<SocketDriverAddress> senders = new ArrayList<>();
            while (senders.size() < 20) {
                server.waitForData(Loopback.PATIENCE);
                server.receive((from, packet) -> senders.add(from), 100);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(senders.get(i)).isSameAs(addresses.get(i));
            }
        }
    }

    @Test
    void openingAndClosingManyDriversLeavesNoPortBehind() {
        SocketDriver first = loopback();
        int port = first.port();
        first.waitForData(Duration.ofMillis(1));
        first.close();
        for (int i = 0; i < 300; i++) {
            try (SocketDriver driver = new SocketDriver(gridMate)) {
                ok(driver.initialize(AddressFamily.IPV4, "127.0.0.1", port));
                driver.waitForData(Duration.ofNanos(1));
            }
        }
    }
}
