package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gridmate.driver.DriverPair.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What any driver says to calls in the wrong order, from the wrong thread, or with nonsense. */
@Timeout(60)
class DriverCallsContractTest extends DriverContract {

    @ParameterizedTest
    @EnumSource
    void aCallBeforeInitializeSaysWhatToCall(Kind kind) {
        Driver driver = fresh(kind);
        List<Runnable> calls = List.of(
                driver::update,
                driver::flush,
                driver::port,
                driver::nanoTime,
                () -> driver.createDriverAddress("127.0.0.1|1"),
                () -> driver.receive((from, packet) -> {}, 1),
                () -> driver.receive(ByteBuffer.allocate(1), new PacketInfo()),
                () -> driver.waitForData(Duration.ZERO));
        for (Runnable call : calls) {
            assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("call initialize first");
        }
        assertThat(driver.maxSendSize()).isEqualTo(1372);
        assertThat(driver.lastError()).isEmpty();
        assertThat(driver.isInitialized()).isFalse();
        driver.stopWaitForData();
    }

    @ParameterizedTest
    @EnumSource
    void initializingTwiceAndAnythingAfterCloseAreRefused(Kind kind) {
        DriverPair pair = pair(kind);
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.server.initialize(AddressFamily.IPV4))
                .withMessageContaining("already");
        assertThat(pair.server.isInitialized()).isTrue();
        pair.server.close();
        assertThat(pair.server.isInitialized()).isFalse();
        pair.server.close();
        List<Runnable> calls = List.of(
                pair.server::update,
                pair.server::nanoTime,
                () -> ok(pair.server.initialize(AddressFamily.IPV4)),
                () -> pair.server.writableBytes(pair.toClient),
                () -> pair.server.send(pair.toClient, Packets.buffer(0, 1)));
        for (Runnable call : calls) {
            assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("closed");
        }
        assertThat(pair.server.counter(DriverCounter.PACKETS_IN)).isZero();
        assertThat(pair.server.lastError()).isEmpty();
        pair.server.stopWaitForData();
        assertThat(pair.server).hasToString(pair.server.getClass().getSimpleName() + "[closed]");
    }

    @ParameterizedTest
    @EnumSource
    void initializeRefusesWhatIsOutOfRangeAndStaysPossible(Kind kind) {
        Driver driver = fresh(kind);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, null, 65_536))
                .withMessageContaining("port is 65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, null, 0, false, -1, 0))
                .withMessageContaining("receiveBufferSize is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV4, null, 0, false, 0, -7))
                .withMessageContaining("sendBufferSize is -7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV6, null, 0, true, 0, 0))
                .withMessageContaining("isBroadcast");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.initialize(AddressFamily.IPV6, "127.0.0.1", 0))
                .withMessageContaining("IPV6");
        ok(driver.initialize(AddressFamily.IPV4));
    }

    @ParameterizedTest
    @EnumSource
    void anotherThreadsCallThrowsWithBothNamesUntilTheDriverIsHandedOver(Kind kind) throws InterruptedException {
        DriverPair pair = pair(kind);
        for (Runnable call : List.<Runnable>of(
                pair.server::update,
                pair.server::lastError,
                pair.server::checkThread,
                pair.server::close,
                pair.server::handOver)) {
            assertThat(onThread("intruder", call))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"intruder\"")
                    .hasMessageContaining('"' + Thread.currentThread().getName() + '"');
        }
        pair.server.handOver();
        assertThat(onThread("new owner", () -> {
                    pair.server.update();
                    pair.server.handOver();
                }))
                .isNull();
        pair.server.update();
    }

    private static Throwable onThread(String name, Runnable task) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(task, name);
        thread.setUncaughtExceptionHandler((dead, error) -> thrown.set(error));
        thread.start();
        thread.join();
        return thrown.get();
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyOrOversizePacketIsRefusedWithItsSize(Kind kind) {
        DriverPair pair = pair(kind);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.client.send(pair.toServer, ByteBuffer.allocate(0)))
                .withMessage("packet has 0 bytes, it must have 1 to 1372");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.client.send(pair.toServer, ByteBuffer.allocate(1373)))
                .withMessage("packet has 1373 bytes, it must have 1 to 1372");
        assertThat(pair.client.counter(DriverCounter.PACKETS_OUT)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void receiveAndWaitRefuseNonsense(Kind kind) {
        DriverPair pair = pair(kind);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.server.receive((from, packet) -> {}, 0))
                .withMessageContaining("limit is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.server.waitForData(Duration.ofMillis(-1)))
                .withMessageContaining("timeout is PT-0.001S");
    }

    @ParameterizedTest
    @EnumSource
    void equalAddressesAreOneObjectAndWhatIsNoneIsRefused(Kind kind) {
        Driver driver = pair(kind).client;
        SocketDriverAddress address = driver.createDriverAddress("10.1.2.3|2017");
        assertThat(driver.createDriverAddress(address.toString())).isSameAs(address);
        assertThat(driver.createDriverAddress(address.toInetSocketAddress())).isSameAs(address);
        assertThat(driver.createDriverAddress("10.1.2.3|2018")).isNotSameAs(address);
        for (String text : List.of("", "127.0.0.1", "|2017", "127.0.0.1|", "127.0.0.1|x", "127.0.0.1|70000", "::1|1")) {
            assertThatIllegalArgumentException().isThrownBy(() -> driver.createDriverAddress(text));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.createDriverAddress(new InetSocketAddress("127.0.0.1", 0)))
                .withMessageContaining("port 0");
    }
}
