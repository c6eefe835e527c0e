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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the driver relies on, of every network that stands behind its seam. */
@Timeout(60)
class TransportContractTest {

    private static final SocketOptions OPTIONS = new SocketOptions(AddressFamily.IPV4, 0, 0);

    enum Network {
        SYSTEM,
        SIMULATED
    }

    private final List<Transport> transports = new ArrayList<>();
    private final SimulatedNetwork simulated = new SimulatedNetwork(1);
    private Transport server;
    private Transport client;
    private InetAddress serverIp;
    private Listener listener;

    private void on(Network network) throws IOException {
        boolean real = network == Network.SYSTEM;
        server = real ? SystemSockets.tcp() : simulated.host("10.0.0.1").open();
        client = real ? SystemSockets.tcp() : simulated.host("10.0.0.2").open();
        serverIp = real ? InetAddress.getLoopbackAddress() : InetAddress.getByName("10.0.0.1");
        transports.addAll(List.of(server, client));
        listener = server.listen(new InetSocketAddress(serverIp, 0), 8, OPTIONS);
    }

    @AfterEach
    void close() {
        transports.forEach(Transport::close);
    }

    /** Asks again until there is an answer, while time passes in either network. */
    private <T> T eventually(Callable<T> question) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < end) {
            try {
                T answer = question.call();
                if (answer != null && !Boolean.FALSE.equals(answer)) {
                    return answer;
                }
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            simulated.advance(Duration.ofMillis(1));
            Thread.onSpinWait();
        }
        throw new AssertionError("there was no answer");
    }

    private record Pair(Endpoint accepted, Endpoint connected) {}

    private Pair pair() throws IOException {
        Endpoint connected = client.connect(null, listener.localAddress(), OPTIONS, null);
        Endpoint accepted = eventually(listener::accept);
        assertThat(eventually(connected::finishConnect)).isTrue();
        return new Pair(accepted, connected);
    }

    private static ByteBuffer bytes(int count) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(count);
        for (int i = 0; i < count; i++) {
            buffer.put(i, (byte) i);
        }
        return buffer;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadAndNothingIsReadBefore(Network network) throws IOException {
        on(network);
        Pair pair = pair();
        ByteBuffer into = ByteBuffer.allocateDirect(100);
        assertThat(pair.accepted.read(into)).isZero();
        assertThat(pair.connected.write(bytes(10))).isEqualTo(10);
        assertThat(eventually(() -> pair.accepted.read(into) > 0)).isTrue();
        assertThat(into.flip()).isEqualTo(bytes(10));
    }

    @ParameterizedTest
    @EnumSource
    void anAcceptedEndpointKnowsWhoConnected(Network network) throws IOException {
        on(network);
        Pair pair = pair();
        assertThat(pair.connected.remoteAddress()).isEqualTo(listener.localAddress());
        assertThat(pair.accepted.remoteAddress().getPort()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void aFinArrivesBehindTheBytesAndTheOtherDirectionGoesOn(Network network) throws IOException {
        on(network);
        Pair pair = pair();
        pair.connected.write(bytes(5));
        pair.connected.shutdownOutput();
        ByteBuffer into = ByteBuffer.allocateDirect(100);
        eventually(() -> pair.accepted.read(into) == -1);
        assertThat(into.position()).isEqualTo(5);
        pair.accepted.write(bytes(7));
        into.clear();
        assertThat(eventually(() -> pair.connected.read(into) == 7)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void anAbortIsAnExceptionOnTheOtherSide(Network network) throws IOException {
        on(network);
        Pair pair = pair();
        pair.connected.abort();
        client.poll();
        assertThatThrownBy(() -> eventually(() -> pair.accepted.read(ByteBuffer.allocateDirect(1)) < 0))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatDoesNotReadStopsTheWriterAndAReaderFreesIt(Network network) throws IOException {
        on(network);
        simulated.window(10_000);
        Pair pair = pair();
        eventually(() -> pair.connected.write(bytes(100_000)) == 0);
        ByteBuffer into = ByteBuffer.allocateDirect(1_000_000);
        eventually(() -> {
            pair.accepted.read(into.clear());
            return pair.connected.write(bytes(1)) == 1;
        });
    }

    @ParameterizedTest
    @EnumSource
    void aConnectThatNobodyAwaitsFails(Network network) throws IOException {
        on(network);
        InetSocketAddress nobody = listener.localAddress();
        listener.close();
        Endpoint connected = client.connect(null, nobody, OPTIONS, null);
        assertThatThrownBy(() -> eventually(connected::finishConnect))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("refused");
        connected.close();
    }

    @ParameterizedTest
    @EnumSource
    void aPortInUseIsRefusedAndAClosedListenersPortIsFreeAtOnce(Network network) throws IOException {
        on(network);
        pair();
        server.poll();
        assertThatThrownBy(() -> server.listen(listener.localAddress(), 1, OPTIONS))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.SOCKET_BIND));
        listener.close();
        assertThat(server.listen(listener.localAddress(), 1, OPTIONS).localAddress())
                .isEqualTo(listener.localAddress());
    }

    @ParameterizedTest
    @EnumSource
    void aClosedListenerLeavesWhatItAccepted(Network network) throws IOException {
        on(network);
        Pair pair = pair();
        listener.close();
        pair.connected.write(bytes(3));
        assertThat(eventually(() -> pair.accepted.read(ByteBuffer.allocateDirect(10)) == 3))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void pollCallsWhatHasSomethingToDoAndAddsUpTheWork(Network network) throws IOException {
        on(network);
        client.connect(null, listener.localAddress(), OPTIONS, null);
        Set<String> called = new HashSet<>();
        listener.attach(calls(called, "listener"));
        eventually(() -> {
            server.poll();
            return called.contains("listener");
        });
        eventually(listener::accept);
        for (int i = 0; i < 10; i++) { // enough that a transport stops calling all
            Pair pair = pair();
            pair.accepted.attach(calls(called, "accepted " + i));
            pair.connected.write(bytes(1));
        }
        called.clear();
        eventually(() -> {
            int before = calls;
            assertThat(server.poll()).isEqualTo(calls - before);
            return called.contains("accepted 0") && called.contains("accepted 9");
        });
    }

    private int calls;

    private Ready calls(Set<String> called, String name) {
        return () -> {
            called.add(name);
            calls++;
            return 1;
        };
    }

    @ParameterizedTest
    @EnumSource
    void pollDoesNotCallWhatIsNotWatched(Network network) throws IOException {
        on(network);
        Pair pair = pair();
        Set<String> called = new HashSet<>();
        pair.accepted.attach(calls(called, "accepted"));
        pair.accepted.watch(false, false);
        pair.connected.write(bytes(1));
        for (int i = 0; i < 20; i++) {
            simulated.advance(Duration.ofMillis(10));
            server.poll();
        }
        assertThat(called).isEmpty();
        pair.accepted.watch(true, false);
        eventually(() -> {
            server.poll();
            return called.contains("accepted");
        });
    }

    @ParameterizedTest
    @EnumSource
    void anEndpointMayBeClosedWhileAnotherIsCalled(Network network) throws IOException {
        on(network);
        List<Endpoint> accepted = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Pair pair = pair();
            pair.accepted.attach(() -> {
                accepted.forEach(Endpoint::close);
                calls++;
                return 1;
            });
            pair.connected.write(bytes(1));
            accepted.add(pair.accepted);
        }
        simulated.advance(Duration.ofSeconds(1));
        eventually(() -> {
            server.poll();
            return calls > 0;
        });
        server.poll();
        assertThat(calls).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aWakeUpBeforeTheWaitEndsItAlsoWhenAPollComesBetween(Network network) throws IOException {
        on(network);
        server.wakeup();
        for (int i = 0; i < 3; i++) {
            pair();
            server.poll();
        }
        long before = server.nanoTime();
        server.await(Duration.ofSeconds(50).toNanos());
        assertThat(server.nanoTime() - before).isLessThan(Duration.ofSeconds(40).toNanos());
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsWhenTheTimeIsOver(Network network) throws IOException {
        on(network);
        long before = server.nanoTime();
        server.await(Duration.ofMillis(5).toNanos());
        assertThat(server.nanoTime() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(4).toNanos());
    }
}
