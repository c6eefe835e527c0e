package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.transport.DatagramTransport;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The slot in which the next datagram waits: it is filled and lent again and again. */
class DatagramInboxTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final GridMate gridMate = new GridMate();
    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SocketDriver driver = driver("10.0.0.1");
    private final SocketDriver one = driver("10.0.0.2");
    private final SocketDriver two = driver("10.0.0.3");

    private SocketDriver driver(String ip) {
        DatagramTransport.Factory factory = network.host(ip)::openDatagrams;
        SocketDriver made = new SocketDriver(
                gridMate, SocketDriverConfig.builder().transport(factory).build());
        ok(made.initialize(AddressFamily.IPV4, ip, 2017));
        return made;
    }

    @AfterEach
    void close() {
        gridMate.close();
    }

    private void send(SocketDriver from, int index) {
        ok(from.send(from.createDriverAddress("10.0.0.1|2017"), Packets.buffer(index, 10)));
        network.advance(Duration.ofMillis(1));
    }

    private long count(DriverCounter counter) {
        return driver.counter(counter);
    }

    @Test
    void eachPacketHasItsOwnSenderAlsoWhenTheyTakeTurns() {
        List<String> senders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            send(one, i);
            send(one, i);
            send(two, i);
        }
        driver.receive((from, packet) -> senders.add(from.toString()), 100);
        assertThat(senders)
                .containsExactly(
                        "10.0.0.2|2017",
                        "10.0.0.2|2017",
                        "10.0.0.3|2017",
                        "10.0.0.2|2017",
                        "10.0.0.2|2017",
                        "10.0.0.3|2017",
                        "10.0.0.2|2017",
                        "10.0.0.2|2017",
                        "10.0.0.3|2017");
    }

    @Test
    void aPacketThatWaitsInTheSlotEndsEveryWaitUntilItIsTaken() {
        PacketInfo result = new PacketInfo();
        for (int i = 0; i < 2; i++) {
            send(one, i);
            assertThat(driver.receive(ByteBuffer.allocate(5), result)).isZero();
            assertThat(result.code()).isEqualTo(ResultCode.RECEIVE_BUFFER_TOO_SMALL);
            long before = network.nanoTime();
            assertThat(driver.waitForData(SECOND)).isTrue();
            assertThat(driver.waitForData(Duration.ZERO)).isTrue();
            assertThat(network.nanoTime()).isEqualTo(before);
            assertThat(driver.receive(ByteBuffer.allocate(10), result)).isEqualTo(10);
            assertThat(driver.waitForData(Duration.ZERO)).isFalse();
            assertThat(driver.waitForData(SECOND)).as("nothing is left").isFalse();
            assertThat(network.nanoTime()).isEqualTo(before + SECOND.toNanos());
        }
        assertThat(count(DriverCounter.PACKETS_IN)).isEqualTo(2);
        assertThat(count(DriverCounter.BYTES_IN)).isEqualTo(20);
        assertThat(count(DriverCounter.READS))
                .as("one that found something for each")
                .isEqualTo(2);
    }

    @Test
    void aReadThatFindsNothingIsOneToo() {
        assertThat(driver.receive((from, packet) -> {}, 10)).isZero();
        send(one, 0);
        assertThat(driver.receive((from, packet) -> {}, 10)).isEqualTo(1);
        assertThat(count(DriverCounter.READS)).isEqualTo(3);
        assertThat(count(DriverCounter.DATAGRAMS_IGNORED)).isZero();
    }

    @Test
    void handlersThatReceiveAgainKeepTheirPacketsAndTakeNoMoreMemoryTheSecondTime() {
        long before = 0;
        for (int i = 0; i < 100; i++) {
            send(one, 1);
            send(two, 2);
            driver.receive(
                    (from, outer) -> {
                        driver.receive(
                                (other, inner) ->
                                        assertThat(DriverPair.copy(inner)).isEqualTo(Packets.packet(2, 10)),
                                1);
                        assertThat(DriverPair.copy(outer)).isEqualTo(Packets.packet(1, 10));
                    },
                    1);
            before = i == 2 ? directMemory() : before;
        }
        assertThat(directMemory() - before).as("bytes").isLessThan(4 * 65_535);
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void aHandlerThatThrowsGivesItsSlotBackAndItsPacketIsGone() {
        for (int i = 0; i < 3; i++) {
            send(one, 1);
            send(two, 2);
            assertThatThrownBy(() -> driver.receive(
                            (from, packet) -> {
                                throw new IllegalStateException("mine");
                            },
                            10))
                    .hasMessage("mine");
            List<byte[]> rest = new ArrayList<>();
            driver.receive((from, packet) -> rest.add(DriverPair.copy(packet)), 10);
            assertThat(rest).containsExactly(Packets.packet(2, 10));
        }
    }

    @Test
    void whatWasTakenOutOfTheNetworkAndNotReceivedIsCountedAtTheEndAndElseNothingIs() {
        send(one, 1);
        assertThat(driver.receive(ByteBuffer.allocate(5), new PacketInfo())).isZero();
        driver.close();
        assertThat(count(DriverCounter.PACKETS_UNDELIVERED)).isEqualTo(1);
        send(two, 1);
        two.close();
        assertThat(two.counter(DriverCounter.PACKETS_UNDELIVERED)).isZero();
    }

    @Test
    void aSystemThatIsFullIsAskedForRoomAndSaysSoOnceEachTime() {
        SocketDriverAddress to = driver.createDriverAddress("10.0.0.2|2017");
        for (int i = 1; i <= 2; i++) {
            network.datagramFaults(DatagramFaults.NONE.withRefusedSends(1));
            assertThat(driver.send(to, Packets.buffer(0, 10))).isEqualTo(ResultCode.SEND_BUFFER_FULL);
            assertThat(driver.writableBytes(to)).isZero();
            assertThat(driver.update()).isZero();
            network.datagramFaults(DatagramFaults.NONE);
            network.advance(Duration.ofMillis(5));
            assertThat(driver.update()).as("there is room again").isEqualTo(1);
            assertThat(driver.update()).isZero();
            assertThat(driver.writableBytes(to)).isEqualTo(driver.maxSendSize());
            ok(driver.send(to, Packets.buffer(0, 10)));
            assertThat(count(DriverCounter.SENDS_REJECTED)).isEqualTo(i);
            assertThat(count(DriverCounter.PACKETS_OUT)).isEqualTo(i);
            assertThat(count(DriverCounter.BYTES_OUT)).isEqualTo(10L * i);
            assertThat(count(DriverCounter.WRITES)).isEqualTo(2L * i);
            assertThat(driver.waitForData(SECOND)).as("nothing to wait for").isFalse();
        }
    }
}
