package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gridmate.GridMate;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller can get wrong, and the answer, which names the parameter and the numbers. */
@Timeout(60)
class BadInputTest {

    private final GridMate gridMate = new GridMate();
    private final StreamSocketDriver driver = new StreamSocketDriver(gridMate, 4, 1000, 4096, 4096);

    @AfterEach
    void close() {
        gridMate.close();
    }

    @Test
    void sizesBelowOneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamSocketDriver(gridMate, 0, 1, 1, 1))
                .withMessageContaining("maxConnections is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamSocketDriver(gridMate, 1, 0, 1, 1))
                .withMessageContaining("maxPacketSize is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamSocketDriver(gridMate, 1, 1, -5, 1))
                .withMessageContaining("inboundBufferSize is -5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamSocketDriver(gridMate, 1, 1, 1, 0))
                .withMessageContaining("outboundBufferSize is 0");
    }

    @Test
    void aPacketSizeAboveTheOutboundBufferIsRefusedWithBothNumbers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamSocketDriver(gridMate, 1, 2000, 4096, 1000))
                .withMessageContaining("2000")
                .withMessageContaining("1000");
    }

    @Test
    void aBufferOrTimeoutBeyondItsRangeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamSocketDriverConfig.builder()
                        .inboundBufferSize(Integer.MAX_VALUE)
                        .build())
                .withMessageContaining("inboundBufferSize is 2147483647");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamSocketDriverConfig.builder()
                        .idleTimeout(Duration.ofSeconds(-1))
                        .build())
                .withMessageContaining("idleTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StreamSocketDriverConfig.builder()
                        .connectTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .build())
                .withMessageContaining("connectTimeout");
    }

    @Test
    void aCallBeforeInitializeSaysWhatToCall() {
        assertThatIllegalStateException()
                .isThrownBy(() -> driver.startListen(1))
                .withMessageContaining("call initialize first");
        assertThatIllegalStateException().isThrownBy(driver::update).withMessageContaining("call initialize first");
    }

    @Test
    void initializingTwiceListeningTwiceAndAnythingAfterCloseAreRefused() {
        ok(driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
        assertThatIllegalStateException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4))
                .withMessageContaining("already");
        ok(driver.startListen(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> driver.startListen(1))
                .withMessageContaining("stopListen first");
        driver.close();
        driver.close();
        assertThatIllegalStateException().isThrownBy(driver::update).withMessageContaining("closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4))
                .withMessageContaining("closed");
        driver.stopWaitForData();
        assertThat(driver.counter(DriverCounter.PACKETS_IN)).isZero();
    }

    @Test
    void initializeRefusesBroadcastPortsAndBuffersOutOfRangeAndForeignAddresses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, null, 0, true, 0, 0))
                .withMessageContaining("isBroadcast");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, null, 65_536))
                .withMessageContaining("port is 65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, null, 0, false, -1, 0))
                .withMessageContaining("receiveBufferSize is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, "::1", 0))
                .withMessageContaining("IPV4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV6, "127.0.0.1", 0))
                .withMessageContaining("IPV6");
        assertThatExceptionOfType(HostNotFoundException.class)
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, "no.such.host.invalid", 0))
                .withMessageContaining("no.such.host.invalid");
        assertThat(driver.initialize(AddressFamily.IPV4)).as("still usable").isEqualTo(ResultCode.OK);
    }

    @Test
    void anAddressThatCannotBeOneIsRefused() {
        ok(driver.initialize(AddressFamily.IPV4));
        for (String text : new String[] {"", "127.0.0.1", "|2017", "127.0.0.1|", "127.0.0.1|x"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> driver.createDriverAddress(text))
                    .withMessageContaining(text);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.createDriverAddress("127.0.0.1|70000"))
                .withMessageContaining("70000");
        assertThatIllegalArgumentException().isThrownBy(() -> driver.createDriverAddress("::1|2017"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.createDriverAddress(InetSocketAddress.createUnresolved("host", 1)))
                .withMessageContaining("unresolved");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.createDriverAddress(new InetSocketAddress("127.0.0.1", 0)))
                .withMessageContaining("port 0");
    }

    @Test
    void equalAddressesAreTheSameObjectWithinADriverAndKeepTheirText() {
        ok(driver.initialize(AddressFamily.IPV6));
        SocketDriverAddress address = driver.createDriverAddress("::1|2017");
        assertThat(driver.createDriverAddress("0:0:0:0:0:0:0:1|2017")).isSameAs(address);
        assertThat(driver.createDriverAddress(address.toString())).isSameAs(address);
        assertThat(driver.createDriverAddress("[::1]|2017")).isSameAs(address);
        assertThat(address.port()).isEqualTo(2017);
        assertThat(address).hasToString("::1|2017");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "1234", "127.1", "127.0.0.256", "127.0.0.01", "127.0.0.1.", "١٢٧.0.0.1", "::١", "."})
    void halfAnAddressIsNotTakenForAWholeOne(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV6, text, 0))
                .withMessage("address \"" + text + "\" is neither an IP address nor the name of a host");
        ok(driver.initialize(AddressFamily.IPV6));
        assertThatIllegalArgumentException().isThrownBy(() -> driver.createDriverAddress(text + "|2017"));
    }

    @Test
    void anIpv4AddressWrittenAsIpv6IsTheSameAddress() {
        ok(driver.initialize(AddressFamily.IPV6));
        assertThat(AddressFamily.ipv4ToIpv6("10.0.0.200")).isEqualTo("::ffff:10.0.0.200");
        SocketDriverAddress address = driver.createDriverAddress(AddressFamily.ipv4ToIpv6("10.0.0.200") + "|2017");
        assertThat(address)
                .isSameAs(driver.createDriverAddress("10.0.0.200|2017"))
                .hasToString("10.0.0.200|2017");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "::1",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.1.2",
                "localhost",
                "10.0.0.-1",
                "10.0.0.0001",
                "٣.0.0.1"
            })
    void onlyAnIpv4AddressIsWrittenAsIpv6(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressFamily.ipv4ToIpv6(text))
                .withMessageContaining('"' + text + '"');
    }

    @Test
    void anEmptyOrOversizePacketIsRefusedWithItsSize() {
        ok(driver.initialize(AddressFamily.IPV4));
        SocketDriverAddress to = driver.createDriverAddress("127.0.0.1|1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.send(to, ByteBuffer.allocate(0)))
                .withMessageContaining("0 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.send(to, ByteBuffer.allocate(1001)))
                .withMessageContaining("1001")
                .withMessageContaining("1000");
    }

    @Test
    void receiveAndWaitRefuseNonsense() {
        ok(driver.initialize(AddressFamily.IPV4));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.receive((from, packet) -> {}, 0))
                .withMessageContaining("limit is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.waitForData(Duration.ofMillis(-1)))
                .withMessageContaining("timeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.startListen(0))
                .withMessageContaining("backlog is 0");
    }

    @Test
    void sendingToOrClosingWhatIsNotConnectedIsAResult() {
        ok(driver.initialize(AddressFamily.IPV4));
        SocketDriverAddress to = driver.createDriverAddress("127.0.0.1|1");
        assertThat(driver.send(to, ByteBuffer.allocate(1))).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
        assertThat(driver.disconnectFrom(to)).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
        assertThat(driver.abort(to)).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
        assertThat(driver.isConnectedTo(to)).isFalse();
        assertThat(driver.writableBytes(to)).isZero();
    }

    @Test
    void aPortInUseIsAResultWithTheSystemsWordsAndTheDriverStaysUsable() {
        try (Loopback other = Loopback.server()) {
            ok(driver.initialize(AddressFamily.IPV4, "127.0.0.1", other.driver.port()));
            assertThat(driver.startListen(1)).isEqualTo(ResultCode.SOCKET_BIND);
            assertThat(driver.lastError())
                    .contains("127.0.0.1|" + other.driver.port())
                    .contains("in use");
            assertThat(driver.isListening()).isFalse();
            assertThat(driver.update()).isZero();
            other.driver.stopListen();
            assertThat(driver.startListen(1)).isEqualTo(ResultCode.OK);
        }
    }

    @Test
    void anAddressThatIsNotThisMachinesCannotBeListenedOn() {
        ok(driver.initialize(AddressFamily.IPV4, "192.0.2.1", 0));
        assertThat(driver.startListen(1)).isEqualTo(ResultCode.SOCKET_BIND);
        assertThat(driver.lastError()).contains("192.0.2.1");
    }

    @Test
    void connectingTwiceOrBeyondTheMaximumIsAResult() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.client(Loopback.config().maxConnections(1).build());
            SocketDriverAddress to = client.addressOf(server);
            assertThat(client.driver.connectTo(to)).isEqualTo(ResultCode.ALREADY_CONNECTED);
            assertThat(client.driver.connectTo(client.driver.createDriverAddress("127.0.0.1|9")))
                    .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
            assertThat(client.driver.lastError()).contains("maximum of 1");
        }
    }

    @Test
    void aBufferTooSmallForThePacketLeavesItAndSaysTheSize() {
        try (Loopback server = Loopback.server()) {
            Loopback.write(server.socket(), Packets.frames(1, 500));
            server.untilWithoutReceiving(() -> server.count(DriverCounter.PACKETS_IN) == 1);
            PacketInfo result = new PacketInfo();
            assertThat(server.driver.receive(ByteBuffer.allocate(499), result)).isZero();
            assertThat(result.code()).isEqualTo(ResultCode.RECEIVE_BUFFER_TOO_SMALL);
            assertThat(result.sizeNeeded()).isEqualTo(500);
            ByteBuffer enough = ByteBuffer.allocate(600).position(100);
            assertThat(server.driver.receive(enough, result)).isEqualTo(500);
            assertThat(enough.position()).isEqualTo(600);
            assertThat(result.from()).isSameAs(server.events.established.get(0));
        }
    }
}
