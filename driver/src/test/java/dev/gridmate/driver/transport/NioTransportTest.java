package dev.gridmate.driver.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.gridmate.driver.AddressFamily;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The system's sockets: few of them are all named without asking, more of them only if the selector
 * has them. A socket that comes or changes its mind is named when it has something, on either side
 * of the limit and after every change of sides.
 */
@Timeout(60)
class NioTransportTest {

    private static final SocketOptions OPTIONS = new SocketOptions(AddressFamily.IPV4, 0, 0);
    private static final long LONG = Duration.ofSeconds(20).toNanos();
    private static final long SHORT = Duration.ofMillis(3).toNanos();

    /** The transport that is tried; it connects to the other one, which listens. */
    private Transport tried;

    private Transport other;
    private Listener listener;
    private final Map<String, Endpoint> near = new HashMap<>();
    private final Map<String, Endpoint> far = new HashMap<>();

    @BeforeEach
    void open() throws IOException {
        tried = SystemSockets.tcp();
        other = SystemSockets.tcp();
        listener = other.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64, OPTIONS);
        listener.attach(named(listener));
    }

    @AfterEach
    void close() {
        tried.close();
        other.close();
    }

    private static <T> T eventually(Callable<T> question) throws IOException {
        long end = System.nanoTime() + LONG;
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
            Thread.onSpinWait();
        }
        throw new AssertionError("there was no answer");
    }

    private void connect(String... names) throws IOException {
        for (String name : names) {
            Endpoint connected = tried.connect(null, listener.localAddress(), OPTIONS, null);
            near.put(name, connected);
            far.put(name, eventually(listener::accept));
            assertThat(eventually(connected::finishConnect)).isTrue();
            connected.attach(named(name));
        }
    }

    /** What the poll that is under way has named. */
    private Consumer<Object> hears = name -> {};

    private Ready named(Object name) {
        return () -> {
            hears.accept(name);
            return 1;
        };
    }

    private void poll(Transport transport, Consumer<Object> named) throws IOException {
        hears = named;
        transport.poll();
    }

    private void leave(String... names) {
        for (String name : names) {
            near.remove(name).close();
            far.remove(name).close();
        }
    }

    private void say(String name) throws IOException {
        assertThat(far.get(name).write(ByteBuffer.allocateDirect(1))).isEqualTo(1);
    }

    private void read(String name) throws IOException {
        ByteBuffer into = ByteBuffer.allocateDirect(10);
        assertThat(eventually(() -> near.get(name).read(into) > 0)).isTrue();
    }

    /** The names that one poll calls. */
    private Set<String> named() throws IOException {
        Set<String> named = new TreeSet<>();
        poll(tried, each -> named.add(String.valueOf(each)));
        return named;
    }

    /** Each one has something in its turn, and it alone is named. */
    private void assertThatEachIsNamedInItsTurn() throws IOException {
        for (String name : List.copyOf(near.keySet())) {
            say(name);
            eventually(() -> named().contains(name));
            assertThat(named()).as("level-triggered, and nobody else").containsExactly(name);
            read(name);
            eventually(() -> named().isEmpty());
        }
    }

    @Test
    void aFewAreNamedWithoutAskingAndMoreOnlyIfTheyHaveSomething() throws IOException {
        connect("a", "b");
        assertThat(named()).containsExactly("a", "b");
        connect("c");
        assertThatEachIsNamedInItsTurn();
    }

    @Test
    void whoComesForOneThatLeftIsNamedToo() throws IOException {
        connect("a", "b", "c", "d");
        assertThatEachIsNamedInItsTurn();
        leave("b");
        connect("e");
        assertThatEachIsNamedInItsTurn();
        leave("a", "e");
        connect("f", "g");
        assertThatEachIsNamedInItsTurn();
        leave("d");
        assertThatEachIsNamedInItsTurn();
        connect("h");
        assertThatEachIsNamedInItsTurn();
    }

    @Test
    void theSidesMayBeChangedAgainAndAgain() throws IOException {
        for (int i = 0; i < 3; i++) {
            connect("a", "b", "c", "d");
            assertThatEachIsNamedInItsTurn();
            leave("a", "d");
            assertThat(named()).containsExactly("b", "c");
            connect("e");
            assertThatEachIsNamedInItsTurn();
            leave("b");
            assertThat(named()).containsExactly("c", "e");
            leave("c", "e");
            assertThat(named()).isEmpty();
        }
    }

    @Test
    void whoIsNotWatchedIsNotNamedOnEitherSideAndWhoIsAgainIs() throws IOException {
        for (int more = 0; more < 2; more++) {
            connect("a", "b");
            if (more == 1) {
                connect("c");
            }
            say("a");
            eventually(() -> named().contains("a"));
            for (int i = 0; i < 2; i++) {
                near.get("a").watch(false, false);
                assertThat(named()).doesNotContain("a");
                near.get("a").watch(true, false);
                assertThat(named()).contains("a");
            }
            leave("a", "b");
        }
    }

    @Test
    void aWaitHearsOfWhoeverIsWatchedAndOfNobodyElse() throws IOException {
        connect("a", "b", "c");
        assertThat(waits()).as("nobody has anything").isTrue();
        say("b");
        assertThat(waitsLong()).isFalse();
        assertThat(named()).containsExactly("b");
        near.get("b").watch(false, false);
        assertThat(waits()).as("nobody asks").isTrue();
        near.get("b").watch(true, false);
        assertThat(waitsLong()).isFalse();
        read("b");
        near.get("c").watch(true, true);
        assertThat(waitsLong()).as("there is room to write").isFalse();
        assertThat(named()).containsExactly("c");
        near.get("c").watch(true, false);
        assertThat(waits()).isTrue();
    }

    @Test
    void aWaitHearsOfWhoCameAndLeftBetweenWaits() throws IOException {
        connect("a");
        for (int i = 0; i < 3; i++) {
            assertThat(waits()).isTrue();
            connect("b");
            say("b");
            assertThat(waitsLong()).as("of the new one").isFalse();
            assertThat(named()).contains("b");
            leave("b");
            say("a");
            assertThat(waitsLong()).as("of the old one").isFalse();
            read("a");
        }
    }

    @Test
    void whoWasFoundByAWaitAndIsClosedBeforeThePollIsNotNamed() throws IOException {
        connect("a", "b", "c", "d");
        say("a");
        say("b");
        eventually(() -> named().size() == 2);
        assertThat(waitsLong()).isFalse();
        leave("a");
        assertThat(named()).containsExactly("b");
        assertThat(named()).as("the next poll asks").containsExactly("b");
    }

    @Test
    void whoWasFoundByAWaitAndIsClosedByTheOneNamedBeforeItIsNotNamed() throws IOException {
        for (int i = 0; i < 20; i++) { // what a wait found holds for a moment, which may pass meanwhile
            connect("a", "b", "c", "d");
            say("a");
            say("b");
            eventually(() -> named().size() == 2);
            assertThat(waitsLong()).isFalse();
            List<Object> named = new ArrayList<>();
            poll(tried, each -> {
                named.add(each);
                leaveIfThere("a");
                leaveIfThere("b");
            });
            assertThat(named).hasSize(1);
            leave("c", "d");
        }
    }

    private void leaveIfThere(String name) {
        if (near.containsKey(name)) {
            leave(name);
        }
    }

    @Test
    void whoWasFoundByAWaitAndIsNotWatchedAnyMoreIsNotNamed() throws IOException {
        connect("a", "b", "c");
        for (int i = 0; i < 2; i++) {
            say("a");
            assertThat(waitsLong()).isFalse();
            near.get("a").watch(false, false);
            assertThat(named()).isEmpty();
            near.get("a").watch(true, false);
            assertThat(named()).containsExactly("a");
            read("a");
        }
    }

    @Test
    void whatAWaitFoundHoldsForAMomentOnly() throws IOException {
        connect("a", "b", "c");
        for (int i = 0; i < 3; i++) {
            say("a");
            assertThat(waitsLong()).isFalse();
            far.get("b").write(ByteBuffer.allocateDirect(2));
            eventually(() -> near.get("b").read(ByteBuffer.allocateDirect(1)) == 1); // and so the second byte is here
            long end = System.nanoTime() + NioTransport.PAUSE;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(named()).containsExactly("a", "b");
            read("a");
            read("b");
        }
    }

    @Test
    void aWakeUpEndsOneWaitAndNotTheNext() throws IOException {
        connect("a", "b", "c");
        for (int i = 0; i < 3; i++) {
            tried.wakeup();
            assertThat(waitsLong()).isFalse();
            assertThat(waits()).isTrue();
        }
    }

    @Test
    void aListenerIsNamedOnEitherSideAndAlsoTheOneThatComesAfterIt() throws IOException {
        List<Transport> knocking = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                if (i == 2) {
                    connect("a", "b", "c");
                }
                Listener here = tried.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8, OPTIONS);
                here.attach(named(here));
                assertThat(waits()).as("nobody knocks").isTrue();
                for (int knocks = 0; knocks < 2; knocks++) {
                    Transport client = SystemSockets.tcp();
                    knocking.add(client);
                    Endpoint endpoint = client.connect(null, here.localAddress(), OPTIONS, null);
                    assertThat(eventually(endpoint::finishConnect)).isTrue();
                    eventually(() -> isNamed(here));
                    Endpoint accepted = eventually(here::accept);
                    assertThat(here.accept()).isNull();
                    accepted.close();
                }
                here.watch(false);
                Transport client = SystemSockets.tcp();
                knocking.add(client);
                assertThat(eventually(client.connect(null, here.localAddress(), OPTIONS, null)::finishConnect))
                        .isTrue();
                assertThat(waits()).as("nobody watches").isTrue();
                here.watch(true);
                assertThat(waitsLong()).isFalse();
                assertThat(isNamed(here)).isTrue();
                here.close();
                assertThat(isNamed(here)).isFalse();
            }
        } finally {
            knocking.forEach(Transport::close);
        }
    }

    private boolean isNamed(Listener listener) throws IOException {
        List<Object> named = new ArrayList<>();
        poll(tried, named::add);
        return named.contains(listener);
    }

    @Test
    void whatWasRegisteredAndClosedIsGivenBackByThePollBehindIt() throws IOException {
        UnixOperatingSystemMXBean system =
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;
        if (system == null) {
            return; // nobody counts descriptors here
        }
        long most = 0;
        for (int i = 0; i < 10; i++) { // other threads of the Java VM open files too, but not every time
            connect("a", "b", "c");
            assertThat(named()).isEmpty();
            near.values().forEach(Endpoint::close);
            long before = system.getOpenFileDescriptorCount();
            assertThat(named()).isEmpty();
            most = Math.max(most, before - system.getOpenFileDescriptorCount());
            leave("a", "b", "c");
        }
        assertThat(most).as("descriptors that a poll gave back").isGreaterThanOrEqualTo(3);
    }

    @Test
    void closingTheTransportEndsEveryConnection() throws IOException {
        connect("a", "b", "c", "d");
        named();
        tried.close();
        for (Endpoint each : far.values()) {
            ByteBuffer into = ByteBuffer.allocateDirect(1);
            assertThat(eventually(() -> each.read(into) == -1)).isTrue();
        }
    }

    /** A wait that lasts its time, which is short. */
    private boolean waits() throws IOException {
        long before = System.nanoTime();
        tried.await(SHORT);
        return System.nanoTime() - before >= SHORT - 1_000_000;
    }

    /** A wait that would last too long for a test. */
    private boolean waitsLong() throws IOException {
        long before = System.nanoTime();
        tried.await(LONG);
        return System.nanoTime() - before >= LONG;
    }

    @Test
    void whoIsNamedMayCloseEverybody() throws IOException {
        for (int round = 0; round < 2; round++) {
            connect("a", "b");
            List<String> named = new ArrayList<>();
            poll(tried, each -> {
                named.add(String.valueOf(each));
                leave("a", "b");
            });
            assertThat(named).hasSize(1);
            assertThat(named()).isEmpty();
        }
    }

    @Test
    void aWaitIsNeverShorterThanItWasAskedForUnlessThereIsSomething() throws IOException {
        connect("a");
        named(); // so that the selector has nothing left to do
        long asked = Duration.ofNanos(300_000).toNanos();
        for (int i = 0; i < 20; i++) {
            long start = System.nanoTime();
            tried.await(asked);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(asked);
        }
    }

    @Test
    void aListenThatFailsLeavesNoDescriptorBehind() throws IOException {
        UnixOperatingSystemMXBean system =
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix ? unix : null;
        if (system == null) {
            return; // nobody counts descriptors here
        }
        InetSocketAddress taken = listener.localAddress();
        long before = system.getOpenFileDescriptorCount();
        for (int i = 0; i < 200; i++) {
            assertThatThrownBy(() -> tried.listen(taken, 1, OPTIONS)).isInstanceOf(TransportException.class);
        }
        assertThat(system.getOpenFileDescriptorCount() - before)
                .as("other threads of the Java VM open files too")
                .isLessThan(100);
    }
}
