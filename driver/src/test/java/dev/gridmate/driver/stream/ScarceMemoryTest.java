package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.Counters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What connections do while there is no memory for what they send and receive, and when there is
 * some again.
 */
class ScarceMemoryTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long PAUSE = SECOND / 10;

    private final Counters<DriverCounter> counters = new Counters<>(DriverCounter.class);
    private final ScriptedEndpoint endpoint = new ScriptedEndpoint();
    private int left;
    private StreamCore core;

    private Connection established(int bytes, UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        left = bytes;
        BufferPool scarce = new BufferPool(Long.MAX_VALUE, size -> {
            if (size > left) {
                throw new OutOfMemoryError("the test has " + left + " left");
            }
            left -= size;
            return ByteBuffer.allocateDirect(size);
        });
        StreamSocketDriverConfig.Builder quiet =
                StreamSocketDriverConfig.builder().idleTimeout(Duration.ZERO).firstPacketTimeout(Duration.ZERO);
        core = new StreamCore(settings.apply(quiet).build(), counters, HandshakeLimits.NONE, scarce);
        core.at(5 * SECOND);
        SocketDriverAddress address =
                SocketDriverAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        Connection connection = core.accepted(endpoint, address);
        assertThat(core.nextNews()).isSameAs(connection);
        connection.establish();
        return connection;
    }

    private static byte[] frames(int count, int size) {
        ByteBuffer frames = ByteBuffer.allocate(count * (Frame.HEADER_SIZE + size));
        for (int i = 0; i < count; i++) {
            frames.putShort((short) size).position(frames.position() + size);
        }
        return frames.array();
    }

    private int receive() {
        return core.receive((from, packet) -> {}, 1000);
    }

    @Test
    void whoCannotBeReadForWantOfMemoryIsReadAgainAfterAPauseEachTimeAndLosesNothing() {
        Connection connection = established(0, config -> config);
        endpoint.arrive(frames(1, 100));
        long now = 5 * SECOND;
        for (int round = 1; round <= 3; round++) {
            assertThat(connection.arrivals().onReady()).isZero();
            assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(round);
            assertThat(endpoint.isRead())
                    .as("it is not asked for what has no place")
                    .isFalse();
            assertThat(core.nextDeadline()).isEqualTo(now + PAUSE);
            core.at(now + PAUSE - 1);
            assertThat(connection.arrivals().onReady()).isZero();
            assertThat(core.expire()).isZero();
            assertThat(core.serveUnasked()).isZero();
            assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(round);
            now += PAUSE;
            core.at(now);
            assertThat(core.expire()).as("a pause that ends is no work").isZero();
            assertThat(endpoint.isRead()).isTrue();
            assertThat(core.hasSomethingToDo()).as("it is looked at unasked").isTrue();
        }
        left = 1 << 20;
        core.at(now + 10 * SECOND);
        assertThat(core.serveUnasked()).isEqualTo(1);
        assertThat(receive()).isEqualTo(1);
        assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(3);
    }

    @Test
    void aRateLimitsPauseIsNotCutShortByAWantOfMemory() {
        Connection connection =
                established(1 << 16, config -> config.maxPacketsPerSecond(10).maxPacketSize(60_000));
        byte[] full = Arrays.copyOf(frames(40, 49), 2048); // what the first buffer has room for
        full[2040] = 1; // the header of a packet that is still to come
        endpoint.arrive(full);
        assertThat(connection.arrivals().onReady()).isEqualTo(1);
        assertThat(core.nextDeadline()).isEqualTo(8 * SECOND);
        assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(1);
        core.at(8 * SECOND - 1);
        assertThat(core.expire()).isZero();
        assertThat(core.hasSomethingToDo()).as("packets wait").isTrue();
        assertThat(receive()).isEqualTo(40);
        assertThat(core.hasSomethingToDo()).as("and the peer does").isFalse();
    }

    @Test
    void aPacketForWhichThereIsNoMemoryIsRefusedAndCountedAndLaterTaken() {
        Connection connection = established(0, config -> config.slowConsumerPolicy(SlowConsumerPolicy.REJECT));
        for (int i = 1; i <= 2; i++) {
            assertThat(connection.send(ByteBuffer.allocate(100))).isEqualTo(ResultCode.SEND_BUFFER_FULL);
            assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(i);
        }
        assertThat(counters.get(DriverCounter.PACKETS_OUT)).isZero();
        left = 1 << 20;
        core.at(15 * SECOND);
        assertThat(connection.send(ByteBuffer.allocate(100))).isEqualTo(ResultCode.OK);
        assertThat(core.flush()).isEqualTo(102);
        assertThat(endpoint.written()).isEqualTo(frames(1, 100));
        assertThat(core.hasSomethingToDo()).as("who was refused hears of it").isTrue();
        assertThat(core.hasSomethingToDo()).as("once").isFalse();
        assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(2);
        assertThat(counters.get(DriverCounter.PACKETS_OUT)).isEqualTo(1);
    }

    @Test
    void aPacketForWhichThereIsNoMemoryEndsItsConnectionIfThatIsThePolicy() {
        Connection connection = established(0, config -> config.slowConsumerPolicy(SlowConsumerPolicy.DISCONNECT));
        assertThat(connection.send(ByteBuffer.allocate(100))).isEqualTo(ResultCode.SEND_SLOW_CONSUMER);
        assertThat(connection.ending().reason().code()).isEqualTo(Code.SLOW_CONSUMER);
        assertThat(connection.ending().reason().detail())
                .isEqualTo("the peer does not read: 0 of 131072 bytes of the outbound buffer are waiting,"
                        + " and there is no room or no memory for a packet of 100");
        assertThat(counters.get(DriverCounter.OUT_OF_MEMORY)).isEqualTo(1);
    }
}
