package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Datagrams on the simulated network arrive, or meet with what the network was told to do to them.
 */
class SimulatedDatagramsTest {

    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", 2017);

    private SimulatedNetwork network;
    private SimulatedHost serverHost;
    private SimulatedHost clientHost;

    @BeforeEach
    void makeNetwork() {
        makeNetwork(1);
    }

    private void makeNetwork(long seed) {
        network = new SimulatedNetwork(seed);
        serverHost = network.host("10.0.0.1", "10.0.0.3", "fd00::1");
        clientHost = network.host("10.0.0.2");
    }

    private static DatagramTransport bound(SimulatedHost host, String ip, int port) throws IOException {
        return bound(host, ip, port, false, new SocketOptions(AddressFamily.IPV4, 0, 0));
    }

    private static DatagramTransport bound(
            SimulatedHost host, String ip, int port, boolean broadcast, SocketOptions options) throws IOException {
        DatagramTransport transport = host.openDatagrams();
        transport.bind(new InetSocketAddress(ip, port), broadcast, options);
        return transport;
    }

    /** A datagram of 20 bytes, of which the first four are its number. */
    private static ByteBuffer numbered(int number) {
        return ByteBuffer.allocate(20).putInt(0, number);
    }

    private static List<Integer> numbersAt(DatagramTransport transport) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        ByteBuffer into = ByteBuffer.allocate(65_535);
        while (transport.receive(into.clear()) != null) {
            numbers.add(into.getInt(0));
        }
        return numbers;
    }

    private List<Integer> sendAndReceive(int count) throws IOException {
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            client.send(numbered(i), SERVER);
            network.advance(Duration.ofMillis(1));
            arrived.addAll(numbersAt(server));
        }
        network.advance(Duration.ofSeconds(10));
        arrived.addAll(numbersAt(server));
        server.close();
        client.close();
        return arrived;
    }

    private void assertBalanced() {
        assertThat(network.datagramsSent() + network.datagramsDuplicated())
                .isEqualTo(network.datagramsDelivered() + network.datagramsLost());
    }

    // ------------------------------------------------------------ faults

    @Test
    void without_faults_each_datagram_arrives_once_in_order_after_the_latency() throws IOException {
        network.latency(Duration.ofMillis(5));
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport client = bound(clientHost, "0.0.0.0", 0);
        client.send(numbered(1), SERVER);
        client.send(numbered(2), SERVER);
        network.advance(Duration.ofNanos(4_999_999));
        assertThat(numbersAt(server)).isEmpty();
        network.advance(Duration.ofNanos(1));
        assertThat(numbersAt(server)).containsExactly(1, 2);
        assertThat(network.datagramsSent()).isEqualTo(2);
        assertBalanced();
    }

    @Test
    void some_are_lost() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withLoss(0.3));
        List<Integer> arrived = sendAndReceive(1000);
        assertThat(arrived).hasSizeBetween(600, 800).isSorted().doesNotHaveDuplicates();
        assertThat(network.datagramsLost()).isEqualTo(1000 - arrived.size());
        assertBalanced();
    }

    @Test
    void some_come_twice() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withDuplication(0.3));
        List<Integer> arrived = sendAndReceive(1000);
        assertThat(arrived).hasSizeBetween(1200, 1400);
        assertThat(arrived.stream().distinct()).hasSize(1000);
        assertThat(network.datagramsDuplicated()).isEqualTo(arrived.size() - 1000);
        assertBalanced();
    }

    @Test
    void some_are_overtaken_by_no_more_than_the_delay_allows() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withReordering(0.2, Duration.ofMillis(10)));
        List<Integer> arrived = sendAndReceive(1000);
        assertThat(arrived).hasSize(1000).doesNotHaveDuplicates();
        int late = 0;
        int highest = 0;
        for (int number : arrived) {
            assertThat(highest - number).isLessThanOrEqualTo(11);
            late += number < highest ? 1 : 0;
            highest = Math.max(highest, number);
        }
        assertThat(late).isBetween(50, 250);
    }

    @Test
    void jitter_delays_each_on_its_own() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withJitter(Duration.ofMillis(20)));
        assertThat(sendAndReceive(200)).hasSize(200).doesNotHaveDuplicates();
        assertThat(network.datagramsLost()).isZero();
    }

    @Test
    void some_arrive_with_a_few_bits_flipped() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withCorruption(0.5));
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        int damaged = 0;
        for (int i = 0; i < 300; i++) {
            client.send(ByteBuffer.allocate(20), SERVER);
            ByteBuffer into = ByteBuffer.allocate(100);
            assertThat(server.receive(into)).isNotNull();
            int flipped = BitSet.valueOf(into.flip()).cardinality();
            assertThat(flipped).isBetween(0, 8);
            damaged += flipped > 0 ? 1 : 0;
        }
        assertThat(damaged).isBetween(100, 200);
        assertThat(network.datagramsCorrupted()).isEqualTo(damaged);
        client.send(ByteBuffer.allocate(0), SERVER); // has no bit to flip
        assertThat(numbersAt(server)).hasSize(1);
    }

    @Test
    void a_datagram_above_the_mtu_is_lost_with_its_headers_counted() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withMtu(1400));
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        client.send(ByteBuffer.allocate(1372), SERVER);
        client.send(ByteBuffer.allocate(1373), SERVER);
        assertThat(numbersAt(server)).hasSize(1);
        assertThat(network.datagramsLost()).isEqualTo(1);
    }

    @Test
    void a_system_whose_buffer_is_full_takes_nothing_for_a_millisecond() throws IOException {
        network.datagramFaults(DatagramFaults.NONE.withRefusedSends(1));
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        assertThat(client.send(numbered(1), SERVER)).isFalse();
        assertThat(client.isWritable()).isFalse();
        network.datagramFaults(DatagramFaults.NONE);
        assertThat(client.send(numbered(1), SERVER)).isFalse();
        client.await(Duration.ofSeconds(1).toNanos(), true);
        assertThat(network.nanoTime()).isEqualTo(1_000_000);
        assertThat(client.isWritable()).isTrue();
        assertThat(client.send(numbered(1), SERVER)).isTrue();
        assertThat(network.datagramsSent()).isEqualTo(1);
    }

    @Test
    void a_partition_loses_what_is_sent_and_what_is_on_its_way_and_heal_ends_all_faults() throws IOException {
        network.latency(Duration.ofMillis(10));
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        client.send(numbered(1), SERVER);
        network.partition(clientHost, serverHost);
        network.advance(Duration.ofMillis(20));
        client.send(numbered(2), SERVER);
        network.datagramFaults(DatagramFaults.NONE.withLoss(1));
        network.heal();
        network.advance(Duration.ofSeconds(1));
        assertThat(numbersAt(server)).isEmpty();
        assertThat(network.datagramsLost()).isEqualTo(2);
        client.send(numbered(3), SERVER);
        network.advance(Duration.ofMillis(10));
        assertThat(numbersAt(server)).containsExactly(3);
        assertBalanced();
    }

    @Test
    void a_full_receive_buffer_gets_no_more_until_it_is_read() throws IOException {
        network.window(480);
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport small =
                bound(serverHost, "10.0.0.1", 2018, false, new SocketOptions(AddressFamily.IPV4, 96, 0));
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        for (int i = 0; i < 100; i++) {
            client.send(numbered(i), SERVER);
            client.send(numbered(i), small.localAddress());
        }
        assertThat(numbersAt(server)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(numbersAt(small)).containsExactly(0, 1);
        client.send(numbered(100), SERVER);
        assertThat(numbersAt(server)).containsExactly(100);
        for (int i = 0; i < 1000; i++) {
            client.send(ByteBuffer.allocate(0), SERVER);
        }
        assertThat(numbersAt(server)).as("empty ones take room too").hasSizeLessThan(20);
        assertBalanced();
    }

    @Test
    void faults_out_of_range_are_refused_by_name() {
        assertThatThrownBy(() -> DatagramFaults.NONE.withLoss(1.1)).hasMessage("loss is 1.1, it must be from 0 to 1");
        assertThatThrownBy(() -> DatagramFaults.NONE.withJitter(Duration.ofMillis(-1)))
                .hasMessageContaining("jitter is PT-0.001S");
        assertThatThrownBy(() -> DatagramFaults.NONE.withMtu(-1)).hasMessageContaining("mtu is -1");
        assertThatThrownBy(() -> DatagramFaults.NONE.withReordering(0.1, Duration.ofMillis(-1)))
                .hasMessageContaining("reorderingDelay");
    }

    // ------------------------------------------------------------ determinism

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void the_same_seed_gives_the_same_run(long seed) throws IOException {
        assertThat(traceOf(seed)).isEqualTo(traceOf(seed)).hasSizeGreaterThan(300);
        assertThat(traceOf(seed)).isNotEqualTo(traceOf(seed + 10));
    }

    private List<String> traceOf(long seed) throws IOException {
        makeNetwork(seed);
        List<String> lines = new ArrayList<>();
        network.trace(lines::add);
        network.datagramFaults(new DatagramFaults(
                0.1, 0.1, 0.1, 0.1, new DatagramFaults.Delays(0.1, Duration.ofMillis(20), Duration.ofMillis(5)), 0));
        lines.add(sendAndReceive(400).toString());
        assertBalanced();
        return lines;
    }

    @Test
    void drawn_faults_of_a_seed_are_the_same_and_of_many_seeds_of_every_kind() {
        assertThat(DatagramFaults.random(new SplittableRandom(5)))
                .isEqualTo(DatagramFaults.random(new SplittableRandom(5)));
        List<DatagramFaults> many = new ArrayList<>();
        for (int seed = 0; seed < 100; seed++) {
            many.add(DatagramFaults.random(new SplittableRandom(seed)));
        }
        assertThat(many).anyMatch(each -> each.loss() > 0).anyMatch(each -> each.loss() == 0);
        assertThat(many)
                .anyMatch(each -> each.duplication() > 0)
                .anyMatch(each -> each.delays().reordering() > 0);
        assertThat(many).anyMatch(each -> each.corruption() > 0).anyMatch(each -> each.refusedSends() > 0);
    }

    @Test
    void datagrams_change_nothing_of_what_befalls_connections() throws IOException {
        assertThat(connectionsWith(true)).isEqualTo(connectionsWith(false)).hasSizeGreaterThan(50);
    }

    private List<Integer> connectionsWith(boolean datagrams) throws IOException {
        makeNetwork(7);
        network.faults(Faults.CHOPPY);
        network.datagramFaults(DatagramFaults.NONE.withLoss(0.5).withJitter(Duration.ofMillis(3)));
        SimulatedPeer.Listener listener = serverHost.listenRaw(2017);
        SimulatedPeer client = clientHost.connectRaw(SERVER);
        network.advance(Duration.ofMillis(100));
        SimulatedPeer server = listener.accept().orElseThrow();
        DatagramTransport socket = bound(clientHost, "10.0.0.2", 0);
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            counts.add(client.write(new byte[100]));
            if (datagrams) {
                socket.send(numbered(i), SERVER);
            }
            network.advance(Duration.ofMillis(2));
            counts.add(server.read(1000).length);
        }
        return counts;
    }

    // ------------------------------------------------------------ ports and addresses

    @Test
    void ports_of_datagrams_and_of_connections_are_two_things() throws IOException {
        SimulatedPeer.Listener listener = serverHost.listenRaw(2017);
        DatagramTransport server = bound(serverHost, "0.0.0.0", 2017);
        assertThat(server.localAddress().getPort()).isEqualTo(2017);
        assertThat(network.openDatagramSockets()).isEqualTo(1);
        assertThat(network.openEndpoints()).isZero();
        server.close();
        assertThat(network.openDatagramSockets()).isZero();
        assertThat(network.openListeners()).isEqualTo(1);
        listener.close();
    }

    @Test
    void a_chosen_port_is_one_that_nobody_has() throws IOException {
        DatagramTransport first = bound(clientHost, "10.0.0.2", 0);
        DatagramTransport blocked =
                bound(clientHost, "10.0.0.2", first.localAddress().getPort() + 1);
        DatagramTransport second = bound(clientHost, "0.0.0.0", 0);
        assertThat(second.localAddress().getPort())
                .isGreaterThan(blocked.localAddress().getPort());
        assertThat(first.localAddress().getPort()).isGreaterThanOrEqualTo(32_768);
    }

    @Test
    void one_port_can_be_bound_on_two_addresses_of_a_host_and_each_gets_its_own() throws IOException {
        DatagramTransport one = bound(serverHost, "10.0.0.1", 2017);
        DatagramTransport other = bound(serverHost, "10.0.0.3", 2017);
        assertThatThrownBy(() -> bound(serverHost, "0.0.0.0", 2017)).hasMessageContaining("Address already in use");
        DatagramTransport client = bound(clientHost, "0.0.0.0", 0);
        client.send(numbered(1), one.localAddress());
        client.send(numbered(3), other.localAddress());
        assertThat(numbersAt(one)).containsExactly(1);
        assertThat(numbersAt(other)).containsExactly(3);
    }

    @Test
    void a_socket_of_ipv6_on_all_addresses_gets_ipv4_too_and_one_of_ipv4_does_not_get_ipv6() throws IOException {
        DatagramTransport both = bound(serverHost, "::", 2017, false, new SocketOptions(AddressFamily.IPV6, 0, 0));
        DatagramTransport four = bound(serverHost, "0.0.0.0", 2018);
        SimulatedHost sixHost = network.host("fd00::2");
        DatagramTransport six = bound(sixHost, "::", 0, false, new SocketOptions(AddressFamily.IPV6, 0, 0));
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        six.send(numbered(6), new InetSocketAddress("fd00::1", 2017));
        client.send(numbered(4), SERVER);
        assertThat(numbersAt(both)).containsExactly(6, 4);
        six.send(numbered(6), new InetSocketAddress("fd00::1", 2018));
        assertThat(numbersAt(four)).isEmpty();
        assertThatThrownBy(() -> six.send(numbered(6), SERVER)).hasMessage("Network is unreachable");
    }

    @Test
    void a_broadcast_reaches_every_host_that_has_a_socket_on_all_addresses() throws IOException {
        InetSocketAddress everybody = new InetSocketAddress("255.255.255.255", 2017);
        DatagramTransport server = bound(serverHost, "0.0.0.0", 2017);
        DatagramTransport third = bound(network.host("10.0.0.4"), "0.0.0.0", 2017);
        DatagramTransport picky = bound(network.host("10.0.0.5"), "10.0.0.5", 2017);
        DatagramTransport client = bound(clientHost, "0.0.0.0", 0, true, new SocketOptions(AddressFamily.IPV4, 0, 0));
        assertThat(client.send(numbered(1), everybody)).isTrue();
        assertThat(numbersAt(server)).containsExactly(1);
        assertThat(numbersAt(third)).containsExactly(1);
        assertThat(numbersAt(picky)).isEmpty();
        assertThatThrownBy(() -> server.send(numbered(2), everybody)).hasMessage("Permission denied");
        assertBalanced();
    }

    @Test
    void a_datagram_to_an_address_that_no_host_has_is_lost() throws IOException {
        DatagramTransport client = bound(clientHost, "10.0.0.2", 0);
        assertThat(client.send(numbered(1), new InetSocketAddress("10.9.9.9", 1)))
                .isTrue();
        assertThat(network.datagramsLost()).isEqualTo(1);
        assertBalanced();
    }

    @Test
    void await_moves_the_clock_to_the_next_datagram_or_to_the_end_of_its_time() throws IOException {
        network.latency(Duration.ofMillis(3));
        DatagramTransport server = bound(serverHost, "10.0.0.1", 2017);
        server.await(1_000_000, false);
        assertThat(network.nanoTime()).isEqualTo(1_000_000);
        bound(clientHost, "10.0.0.2", 0).send(numbered(1), SERVER);
        server.await(1_000_000_000, false);
        assertThat(network.nanoTime()).isEqualTo(4_000_000);
        server.await(1_000_000_000, false);
        assertThat(network.nanoTime()).isEqualTo(4_000_000);
        assertThat(numbersAt(server)).containsExactly(1);
        Transport connections = serverHost.open();
        server.wakeup();
        server.await(1_000_000_000, false);
        assertThat(connections.nanoTime()).isEqualTo(4_000_000);
    }
}
