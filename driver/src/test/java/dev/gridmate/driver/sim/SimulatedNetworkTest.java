package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The network behaves as TCP on Linux does, and as often as it is told to, worse. */
class SimulatedNetworkTest {

    private static final SocketOptions PLAIN = new SocketOptions(AddressFamily.IPV4, 0, 0);
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", 2017);

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost serverHost = network.host("10.0.0.1", "10.0.0.3");
    private final SimulatedHost clientHost = network.host("10.0.0.2");
    private final Transport transport = serverHost.open();

    @Test
    void the_same_seed_gives_the_same_run() {
        assertThat(traceOf(7)).isEqualTo(traceOf(7)).hasSizeGreaterThan(50);
        assertThat(traceOf(8)).isNotEqualTo(traceOf(7));
    }

    private static List<String> traceOf(long seed) {
        List<String> lines = new ArrayList<>();
        SimulatedProgram program = new SimulatedProgram(seed, false);
        program.network.trace(lines::add);
        program.run();
        return lines;
    }

    @Test
    void the_example_of_the_documentation_runs() {
        List<String> heard = new ArrayList<>();
        try (GridMate gridMate = new GridMate()) {
            network.faults(Faults.CHOPPY);
            StreamSocketDriver server = new StreamSocketDriver(gridMate, config(network.host("10.0.0.1")));
            StreamSocketDriver client = new StreamSocketDriver(gridMate, config(network.host("10.0.0.2")));
            assertThat(server.initialize(AddressFamily.IPV4, null, 2017)).isEqualTo(ResultCode.OK);
            assertThat(server.startListen(16)).isEqualTo(ResultCode.OK);
            assertThat(client.initialize(AddressFamily.IPV4)).isEqualTo(ResultCode.OK);
            SocketDriverAddress to = client.createDriverAddress("10.0.0.1|2017");
            assertThat(client.connectTo(to)).isEqualTo(ResultCode.OK);
            for (int tick = 0; tick < 600; tick++) {
                network.advance(Duration.ofMillis(16));
                server.update();
                client.update();
                assertThat(client.send(to, ByteBuffer.wrap(bytes(tick)))).isEqualTo(ResultCode.OK);
                server.receive((from, packet) -> heard.add(from + " " + packet.get()), 100);
            }
        }
        assertThat(heard).hasSizeGreaterThan(500).startsWith("10.0.0.2|32768 0", "10.0.0.2|32768 1");
        assertThat(network.openEndpoints()).isZero();
    }

    private static StreamSocketDriverConfig config(SimulatedHost host) {
        return StreamSocketDriverConfig.builder().transport(host).build();
    }

    @Test
    void bytes_arrive_in_order_after_the_latency_and_only_when_the_clock_is_moved() throws IOException {
        network.latency(Duration.ofMillis(5));
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        assertThat(listener.accept()).isNull();
        network.advance(Duration.ofMillis(10));
        Endpoint server = listener.accept();
        assertThat(server).isNotNull();
        assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
        assertThat(client.isConnected()).isTrue();

        assertThat(client.write(bytes(1, 2, 3))).isEqualTo(3);
        assertThat(client.write(bytes(4))).isEqualTo(1);
        assertThat(read(server, 10)).isEmpty();
        network.advance(Duration.ofNanos(4_999_999));
        assertThat(read(server, 10)).isEmpty();
        network.advance(Duration.ofNanos(1));
        assertThat(read(server, 3)).containsExactly(1, 2, 3);
        assertThat(read(server, 3)).containsExactly(4);
    }

    @Test
    void a_full_window_takes_no_more_until_the_other_end_reads() throws IOException {
        network.window(50);
        Endpoint server = connected().server;
        assertThat(server.write(ByteBuffer.allocate(1000))).isEqualTo(100);
        assertThat(server.write(ByteBuffer.allocate(1000))).isZero();
    }

    @Test
    void the_window_is_the_sum_of_the_buffers_that_the_sockets_ask_for() throws IOException {
        SocketOptions options = new SocketOptions(AddressFamily.IPV4, 30, 20);
        Listener listener = transport.listen(SERVER, 8, options);
        network.window(7);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        Endpoint server = listener.accept();
        assertThat(server).isNotNull();
        assertThat(client.write(new byte[1000])).isEqualTo(7 + 30);
        assertThat(server.write(ByteBuffer.allocate(1000))).isEqualTo(20 + 7);
    }

    @Test
    void reads_and_writes_are_short_or_refused_and_nothing_is_lost() throws IOException {
        network.faults(Faults.CHOPPY);
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        ByteBuffer out = ByteBuffer.allocate(5000);
        for (int i = 0; i < out.capacity(); i++) {
            out.put(i, (byte) (i * 7));
        }
        ByteBuffer in = ByteBuffer.allocate(5000);
        int refused = 0;
        int shortened = 0;
        while (in.hasRemaining()) {
            if (out.hasRemaining()) {
                int written = server.write(out);
                refused += written == 0 ? 1 : 0;
                shortened += written > 0 && out.hasRemaining() ? 1 : 0;
            }
            network.advance(Duration.ofMillis(10));
            in.put(client.read(4096));
        }
        assertThat(in.array()).isEqualTo(out.array());
        assertThat(refused + shortened).isPositive();
    }

    @Test
    void a_fin_comes_after_the_last_byte_and_ends_one_direction_only() throws IOException {
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        client.write(bytes(1));
        client.shutdownOutput();
        assertThat(read(server, 10)).containsExactly(1);
        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(server.write(ByteBuffer.wrap(bytes(2)))).isEqualTo(1);
        assertThat(client.read(10)).containsExactly(2);
        assertThat(client.isAtEnd()).isFalse();
        server.close();
        assertThat(client.read(10)).isEmpty();
        assertThat(client.isAtEnd()).isTrue();
        assertThat(client.isReset()).isFalse();
    }

    @Test
    void closing_with_unread_bytes_resets() throws IOException {
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        client.write(bytes(1));
        assertThat(server.write(ByteBuffer.wrap(bytes(2)))).isEqualTo(1);
        network.advance(Duration.ZERO);
        server.close();
        assertThat(client.isReset()).isTrue();
        assertThat(client.read(10)).as("what had arrived before the reset").containsExactly(2);
        assertThat(client.isAtEnd()).isFalse();
        assertThat(client.read(10)).isEmpty();
        assertThat(client.isAtEnd()).isTrue();
    }

    @Test
    void writing_to_an_end_that_was_closed_resets() throws IOException {
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        client.close();
        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(server.write(ByteBuffer.wrap(bytes(1)))).isEqualTo(1);
        network.advance(Duration.ZERO);
        assertThatThrownBy(() -> server.write(ByteBuffer.wrap(bytes(1)))).hasMessage("Broken pipe");
        assertThatThrownBy(() -> server.read(ByteBuffer.allocate(1))).hasMessage("Connection reset");
    }

    @Test
    void a_reset_overtakes_what_is_still_on_its_way() throws IOException {
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        client.write(bytes(1));
        assertThat(read(server, 10)).containsExactly(1);
        network.latency(Duration.ofMillis(10));
        client.write(bytes(2));
        network.latency(Duration.ofMillis(1));
        client.reset();
        network.advance(Duration.ofMillis(20));
        assertThatThrownBy(() -> server.read(ByteBuffer.allocate(1))).hasMessage("Connection reset");
    }

    @Test
    void a_network_that_resets_does_so_behind_any_byte_and_tells_both_ends() throws IOException {
        network.faults(Faults.NONE.withResets(1));
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        assertThat(server.write(ByteBuffer.allocate(100))).isEqualTo(100);
        network.advance(Duration.ZERO);
        assertThat(client.read(1000)).hasSizeLessThan(100);
        assertThat(client.isReset()).isTrue();
        assertThatThrownBy(() -> server.write(ByteBuffer.allocate(1))).hasMessage("Broken pipe");
    }

    @Test
    void where_nobody_listens_a_connect_is_refused_and_where_there_is_no_host_it_fails() throws IOException {
        SimulatedPeer refused = clientHost.connectRaw(SERVER);
        network.advance(Duration.ZERO);
        assertThat(refused.isConnected()).isFalse();
        assertThat(refused.refusal()).contains("Connection refused");

        Endpoint lost = transport.connect(null, new InetSocketAddress("10.9.9.9", 1), PLAIN, null);
        assertThatThrownBy(lost::finishConnect).hasMessage("No route to host");
    }

    @Test
    void a_black_hole_answers_when_the_network_heals() throws IOException {
        network.faults(Faults.NONE.withConnectsBlackHoled(1));
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        network.advance(Duration.ofHours(1));
        assertThat(client.isConnected()).isFalse();
        assertThat(client.refusal()).isEmpty();
        network.heal();
        assertThat(client.isConnected()).isTrue();
        assertThat(listener.accept()).isNotNull();
    }

    @Test
    void a_partition_delays_and_breaks_nothing() throws IOException {
        Pair pair = connected();
        SimulatedPeer client = pair.client;
        Endpoint server = pair.server;
        network.partition(clientHost, serverHost);
        client.write(bytes(1, 2));
        client.shutdownOutput();
        network.advance(Duration.ofHours(1));
        assertThat(read(server, 10)).isEmpty();
        network.heal();
        assertThat(read(server, 10)).containsExactly(1, 2);
        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void a_port_in_use_and_a_foreign_address_cannot_be_bound() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        Transport second = serverHost.open();
        assertThatThrownBy(() -> second.listen(new InetSocketAddress("0.0.0.0", 2017), 8, PLAIN))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.SOCKET_BIND))
                .hasMessage("cannot listen on 0.0.0.0|2017: Address already in use");
        assertThatThrownBy(() -> second.listen(new InetSocketAddress("10.0.0.2", 2018), 8, PLAIN))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.SOCKET_BIND))
                .hasMessage("cannot bind 10.0.0.2: Cannot assign requested address");
        listener.close();
        assertThat(second.listen(SERVER, 8, PLAIN).localAddress()).isEqualTo(SERVER);
    }

    @Test
    void port_zero_is_chosen() throws IOException {
        Listener listener = transport.listen(new InetSocketAddress("10.0.0.1", 0), 8, PLAIN);
        assertThat(listener.localAddress().getPort()).isGreaterThanOrEqualTo(32_768);
    }

    @Test
    void a_full_backlog_lets_nobody_in_until_there_is_room() throws IOException {
        Listener listener = transport.listen(SERVER, 1, PLAIN);
        SimulatedPeer first = clientHost.connectRaw(SERVER);
        SimulatedPeer second = clientHost.connectRaw(SERVER);
        network.advance(Duration.ofMillis(500));
        assertThat(first.isConnected()).isTrue();
        assertThat(second.isConnected()).isFalse();
        assertThat(listener.accept()).isNotNull();
        network.advance(Duration.ofSeconds(2));
        assertThat(second.isConnected()).isTrue();
    }

    @Test
    void closing_the_listener_resets_those_who_wait_and_keeps_those_who_were_accepted() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer served = clientHost.connectRaw(SERVER);
        assertThat(listener.accept()).isNotNull();
        SimulatedPeer waiting = clientHost.connectRaw(SERVER);
        assertThat(waiting.isConnected()).isTrue();
        listener.close();
        assertThat(served.isReset()).isFalse();
        assertThat(waiting.isReset()).isTrue();
    }

    @Test
    void a_failing_accept_leaves_the_connection_waiting() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        network.faults(Faults.NONE.withAcceptFailures(1));
        assertThatThrownBy(listener::accept).hasMessage("Too many open files");
        network.heal();
        assertThat(listener.accept()).isNotNull();
        assertThat(client.isReset()).isFalse();
    }

    @Test
    void a_peer_that_vanished_can_come_back_from_its_port_and_the_old_connection_is_reset() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(5000, SERVER);
        Endpoint old = listener.accept();
        assertThat(old).isNotNull();
        client.vanish();
        network.advance(Duration.ofHours(1));
        assertThat(old.read(ByteBuffer.allocate(1))).isZero();
        SimulatedPeer again = clientHost.connectRaw(5000, SERVER);
        Endpoint fresh = listener.accept();
        assertThat(fresh).isNotNull();
        assertThat(fresh.remoteAddress()).isEqualTo(old.remoteAddress());
        assertThatThrownBy(() -> old.read(ByteBuffer.allocate(1))).hasMessage("Connection reset");
        assertThat(again.isConnected()).isTrue();
    }

    @Test
    void one_port_reaches_two_addresses_of_a_host_but_none_of_them_twice() throws IOException {
        Listener listener = transport.listen(new InetSocketAddress("0.0.0.0", 2017), 8, PLAIN);
        clientHost.connectRaw(5000, SERVER);
        clientHost.connectRaw(5000, new InetSocketAddress("10.0.0.3", 2017));
        Endpoint one = listener.accept();
        Endpoint other = listener.accept();
        assertThat(one).isNotNull();
        assertThat(other).isNotNull();
        assertThat(one.remoteAddress()).isEqualTo(other.remoteAddress());
        assertThatThrownBy(() -> clientHost.connectRaw(5000, SERVER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot connect from 10.0.0.2|5000: Address already in use");
    }

    @Test
    void await_moves_the_clock_to_the_next_arrival_or_to_the_end_of_its_time_or_not_at_all() throws IOException {
        network.latency(Duration.ofMillis(3));
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        transport.await(1_000_000);
        assertThat(network.nanoTime()).isEqualTo(1_000_000);
        clientHost.connectRaw(SERVER);
        transport.await(1_000_000_000);
        assertThat(network.nanoTime()).isEqualTo(4_000_000);
        transport.await(1_000_000_000);
        assertThat(network.nanoTime()).isEqualTo(4_000_000);
        assertThat(listener.accept()).isNotNull();
        transport.wakeup();
        transport.await(1_000_000_000);
        assertThat(network.nanoTime()).isEqualTo(4_000_000);
    }

    @Test
    void poll_calls_what_is_ready_and_watched() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        listener.attach(calls("listener"));
        assertThat(polled()).containsExactly("listener");
        Endpoint server = listener.accept();
        assertThat(server).isNotNull();
        server.attach(calls("server"));
        assertThat(polled()).isEmpty();
        client.write(bytes(1));
        assertThat(polled()).containsExactly("server");
        server.watch(false, false);
        assertThat(polled()).isEmpty();
        server.watch(false, true);
        assertThat(polled()).containsExactly("server");
    }

    @Test
    void what_is_open_is_counted() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        assertThat(listener.accept()).isNotNull();
        assertThat(network.openListeners()).isEqualTo(1);
        assertThat(network.openEndpoints()).isEqualTo(2);
        transport.close();
        assertThat(network.openListeners()).isZero();
        assertThat(network.openEndpoints()).isEqualTo(1);
        client.close();
        assertThat(network.openEndpoints()).isZero();
    }

    @Test
    void ipv6_hosts_and_two_families_on_one_host() throws IOException {
        SimulatedHost both = network.host("fd00::1", "10.0.0.9");
        InetSocketAddress v6 = new InetSocketAddress("fd00::2", 2017);
        SimulatedPeer.Listener listener = network.host("fd00::2").listenRaw(2017);
        SimulatedPeer client = both.connectRaw(v6);
        assertThat(client.isConnected()).isTrue();
        assertThat(listener.accept())
                .hasValueSatisfying(server -> assertThat(server.remoteAddress()).isEqualTo(client.localAddress()));
        assertThat(client.localAddress().getAddress()).isEqualTo(new InetSocketAddress("fd00::1", 1).getAddress());
    }

    @Test
    void names_are_not_looked_up() {
        assertThatThrownBy(() -> network.host("localhost")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> network.host("10.0.0.2", "10.0.0.1")).hasMessageContaining("another host's");
    }

    // ------------------------------------------------------------------------------------

    /** The two ends of a connection. */
    private record Pair(SimulatedPeer client, Endpoint server) {}

    private Pair connected() throws IOException {
        Listener listener = transport.listen(SERVER, 8, PLAIN);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        network.advance(Duration.ofMillis(100));
        Endpoint server = listener.accept();
        assertThat(server).isNotNull();
        return new Pair(client, server);
    }

    private final List<String> called = new ArrayList<>();

    private Ready calls(String name) {
        return () -> called.add(name) ? 1 : 0;
    }

    private List<String> polled() throws TransportException {
        called.clear();
        assertThat(transport.poll()).isEqualTo(called.size());
        return called;
    }

    private static byte[] read(Endpoint from, int most) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(most);
        from.read(into);
        byte[] bytes = new byte[into.position()];
        into.flip().get(bytes);
        return bytes;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
