package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Datagrams that are nothing, or look like nothing, and a socket that does what sockets seldom do.
 */
class OddDatagramsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final InetSocketAddress PEER = SimulatedPair.at("10.0.0.2", 9);

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final GridMate gridMate = new GridMate();
    private final Deque<Sent> arriving = new ArrayDeque<>();
    private boolean refusesToBind;
    private int opened;
    private boolean isFull;
    private Runnable atTheEndOfAWait = () -> {};
    private SocketDriver driver;

    private record Sent(InetSocketAddress from, ByteBuffer data) {}

    /** The simulated socket, to which the test hands datagrams directly. */
    private final class Odd extends ForwardingDatagrams {
        Odd() {
            super(network.host("10.0.0.1").openDatagrams());
            opened++;
        }

        @Override
        public void close() {
            super.close();
            opened--;
        }

        @Override
        public void bind(InetSocketAddress local, boolean broadcast, SocketOptions options) throws TransportException {
            if (refusesToBind) {
                throw new TransportException(ResultCode.SOCKET_BIND, "the test refuses", null);
            }
            super.bind(local, broadcast, options);
        }

        @Override
        public InetSocketAddress receive(ByteBuffer into) {
            Sent next = arriving.poll();
            if (next == null) {
                return null;
            }
            into.put(next.data);
            return next.from;
        }

        @Override
        public boolean send(ByteBuffer datagram, InetSocketAddress to) {
            return !isFull;
        }

        @Override
        public boolean isWritable() {
            return !isFull;
        }

        @Override
        public void await(long nanos, boolean write) {
            network.advance(Duration.ofNanos(nanos));
            atTheEndOfAWait.run();
        }
    }

    private ResultCode initialize() {
        DatagramTransport.Factory odd = Odd::new;
        driver = new SocketDriver(
                gridMate, SocketDriverConfig.builder().transport(odd).build());
        return driver.initialize(AddressFamily.IPV4, "10.0.0.1", 2017);
    }

    @AfterEach
    void close() {
        gridMate.close();
    }

    private void arrive(InetSocketAddress from, int... bytes) {
        arriving.add(new Sent(from, ByteBuffer.wrap(Ends.bytes(bytes))));
    }

    private List<byte[]> received() {
        List<byte[]> received = new ArrayList<>();
        driver.receive((from, packet) -> received.add(DriverPair.copy(packet)), 1000);
        return received;
    }

    private long ignored() {
        return driver.counter(DriverCounter.DATAGRAMS_IGNORED);
    }

    @Test
    void aDatagramFromPort0IsNoPacketSinceNobodyCouldAnswerIt() {
        ok(initialize());
        for (int i = 1; i <= 2; i++) {
            arrive(SimulatedPair.at("10.0.0.2", 0), 1, 2, 3);
            arrive(PEER, 4);
            assertThat(received()).containsExactly(new byte[] {4});
            assertThat(ignored()).isEqualTo(i);
        }
    }

    @Test
    void aWakeUpOfTheOriginalsIsOneLetterFromTheOwnPortAndAnOwnAddress() {
        ok(initialize());
        arrive(SimulatedPair.at("127.0.0.1", 2017), 'G');
        arrive(SimulatedPair.at("10.0.0.1", 2017), 'G');
        assertThat(received()).isEmpty();
        assertThat(ignored()).isEqualTo(2);
        arrive(SimulatedPair.at("10.0.0.2", 2017), 'G');
        arrive(SimulatedPair.at("10.0.0.1", 2018), 'G');
        arrive(SimulatedPair.at("10.0.0.1", 2017), 'H');
        arrive(SimulatedPair.at("10.0.0.1", 2017), 'G', 'o');
        assertThat(received()).hasSize(4);
        assertThat(ignored()).isEqualTo(2);
    }

    @Test
    void aFloodOfNothingKeepsTheProgramForSixtyFourReadsAtATime() {
        ok(initialize());
        for (int i = 0; i < 128; i++) {
            arrive(PEER);
        }
        arrive(PEER, 7);
        for (int i = 1; i <= 2; i++) {
            assertThat(received()).isEmpty();
            assertThat(driver.counter(DriverCounter.READS)).isEqualTo(64L * i);
        }
        assertThat(received()).containsExactly(new byte[] {7});
    }

    @Test
    void aBindThatFailsGivesItsSocketBackEachTime() {
        refusesToBind = true;
        for (int i = 0; i < 3; i++) {
            assertThat(initialize()).isEqualTo(ResultCode.SOCKET_BIND);
            assertThat(driver.lastError()).isEqualTo("the test refuses");
            assertThat(opened).isZero();
        }
    }

    @Test
    void roomThatComesAtTheVeryEndOfAWaitIsSomethingEachTime() {
        ok(initialize());
        SocketDriverAddress to = driver.createDriverAddress("10.0.0.2|9");
        for (int i = 0; i < 2; i++) {
            isFull = true;
            assertThat(driver.send(to, Packets.buffer(0, 10))).isEqualTo(ResultCode.SEND_BUFFER_FULL);
            atTheEndOfAWait = () -> {};
            assertThat(driver.waitForData(SECOND)).isFalse();
            atTheEndOfAWait = () -> isFull = false;
            assertThat(driver.waitForData(SECOND)).isTrue();
            assertThat(driver.writableBytes(to)).isEqualTo(driver.maxSendSize());
            assertThat(driver.waitForData(SECOND)).as("it was said").isFalse();
        }
    }
}
