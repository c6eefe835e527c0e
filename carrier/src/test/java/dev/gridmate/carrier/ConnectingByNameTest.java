package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.HostNames;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A carrier connects to a host by its name, of whose addresses not all answer. */
class ConnectingByNameTest implements CarrierEvents {

    private static final String HOST = "game.example";

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost home = network.host("10.0.0.100", "fd00::100");
    private final GridMate gridMate = new GridMate((handler, error) -> {
        throw new AssertionError("a handler threw", error);
    });
    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private final Deque<Runnable> lookUps = new ArrayDeque<>();
    private final List<Side> servers = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<CarrierDisconnectReason> reasons = new ArrayList<>();
    private final List<ConnectionId> told = new ArrayList<>();
    private Carrier carrier = carrier(Side.Wire.UDP);

    private Carrier carrier(Side.Wire wire) {
        return carrier(wire, CarrierDesc.builder());
    }

    private Carrier carrier(Side.Wire wire, CarrierDesc.Builder desc) {
        HostNames how = hostNames();
        Driver driver = wire == Side.Wire.UDP
                ? new SocketDriver(
                        gridMate,
                        SocketDriverConfig.builder()
                                .hostNames(how)
                                .transport(home::openDatagrams)
                                .build())
                : new StreamSocketDriver(
                        gridMate,
                        StreamSocketDriverConfig.builder()
                                .hostNames(how)
                                .transport(home)
                                .build());
        assertThat(driver.initialize(AddressFamily.IPV6)).isEqualTo(ResultCode.OK);
        return Carrier.create(desc.driver(driver).build(), gridMate);
    }

    /** Looks names up when the test {@linkplain #answer() answers}. */
    private HostNames hostNames() {
        return HostNames.builder()
                .resolver(this::resolve)
                .executor(lookUps::add)
                .build();
    }

    private List<InetAddress> resolve(String host) throws UnknownHostException {
        List<InetAddress> found = names.get(host);
        if (found == null) {
            throw new UnknownHostException(host);
        }
        return found;
    }

    private void name(String host, String... addresses) {
        names.put(host, Arrays.stream(addresses).map(ConnectingByNameTest::ip).toList());
    }

    private static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError("a literal address needs no look-up", e);
        }
    }

    private Side server(String ip, Side.Wire wire) {
        Side made = new Side(network.host(ip), wire, settings -> settings);
        servers.add(made);
        return made;
    }

    private ConnectionId connect() {
        ConnectionId id = carrier.connect(HOST, Side.PORT);
        answer();
        return id;
    }

    private void answer() {
        while (!lookUps.isEmpty()) {
            lookUps.remove().run();
        }
    }

    private void pass(Duration time) {
        if (events.isEmpty() && told.isEmpty()) {
            gridMate.eventBus(CarrierEvents.class).connect(this);
            told.add(ConnectionId.ALL);
        }
        network.tick(Duration.ofMillis(10));
        network.run(time, carrier::update, () -> servers.forEach(Side::update));
    }

    private void silence(String ip) {
        network.partition(home, network.host(ip));
    }

    @Override
    public void onConnectionEstablished(Carrier which, ConnectionId id) {
        events.add("established");
        told.add(id);
    }

    @Override
    public void onFailedToConnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        events.add("failed " + reason.code());
        reasons.add(reason);
        told.add(id);
    }

    @Override
    public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        events.add("disconnected " + reason.code());
        told.add(id);
    }

    private String addressOf(ConnectionId id) {
        return String.valueOf(carrier.connectionToAddress(id));
    }

    @AfterEach
    void close() {
        gridMate.close();
        servers.forEach(Side::close);
        assertThat(carrier.counter(CarrierCounter.CONNECTS_STARTED))
                .isEqualTo(carrier.counter(CarrierCounter.CONNECTIONS_ESTABLISHED)
                        + carrier.counter(CarrierCounter.CONNECTS_FAILED));
        assertThat(network.openEndpoints()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void theAddressThatAnswersIsTheConnectionsAndWhatWasSentBeforeArrives(Side.Wire wire) {
        carrier = carrier(wire);
        name(HOST, "10.0.0.1", "10.0.0.2");
        silence("10.0.0.1");
        Side server = server("10.0.0.2", wire);
        ConnectionId id = carrier.connect(HOST, Side.PORT);
        assertThat(carrier.connectionState(id)).isEqualTo(ConnectionState.CONNECTING);
        assertThat(carrier.statusReport(id)).endsWith("to game.example: no address has answered yet");
        for (String each : List.of("one", "two")) {
            assertThat(carrier.send(ByteBuffer.wrap(each.getBytes(java.nio.charset.StandardCharsets.UTF_8)), id))
                    .isEqualTo(SendResult.OK);
        }
        answer();
        pass(Duration.ofMillis(400));
        assertThat(events).containsExactly("established");
        assertThat(told).contains(id);
        assertThat(addressOf(id)).isEqualTo("10.0.0.2|2018");
        assertThat(carrier.connectionState(id)).isEqualTo(ConnectionState.CONNECTED);
        assertThat(server.texts()).containsExactly("one", "two");
        assertThat(carrier.connect(HOST, Side.PORT)).as("there is one already").isSameAs(id);
        pass(Duration.ofSeconds(8));
        assertThat(events).as("the silent one's end is no event").containsExactly("established");
        carrier.disconnect(id);
        pass(Duration.ofSeconds(1));
        assertThat(events).containsExactly("established", "disconnected USER_REQUESTED");
        assertThat(carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTED);
        ConnectionId again = connect();
        pass(Duration.ofSeconds(1));
        assertThat(again).isNotSameAs(id);
        assertThat(addressOf(again)).isEqualTo("10.0.0.2|2018");
    }

    @Test
    void overUdpTheNextAddressIsAskedAfterAQuarterOfASecondAndTheLoserIsToldThatItIsOver() {
        name(HOST, "10.0.0.1", "10.0.0.2");
        Side slow = server("10.0.0.1", Side.Wire.UDP);
        Side quick = server("10.0.0.2", Side.Wire.UDP);
        network.link(home, network.host("10.0.0.1")).latency(Duration.ofMillis(400));
        ConnectionId id = connect();
        pass(Duration.ofMillis(240));
        assertThat(carrier.counter(CarrierCounter.HOST_ADDRESSES_TRIED)).isEqualTo(1);
        pass(Duration.ofMillis(60));
        assertThat(carrier.counter(CarrierCounter.HOST_ADDRESSES_TRIED)).isEqualTo(2);
        pass(Duration.ofSeconds(3));
        assertThat(events).containsExactly("established");
        assertThat(addressOf(id)).isEqualTo("10.0.0.2|2018");
        assertThat(quick.carrier.numConnections()).isEqualTo(1);
        assertThat(slow.carrier.numConnections()).isZero();
        assertThat(carrier.connections()).containsExactly(id);
        assertThat(carrier.numConnections()).isEqualTo(1);
    }

    @Test
    void anAddressThatCannotBeSentToIsFollowedByTheNextOneAtOnce() {
        carrier.driver().close();
        carrier = ipv4Carrier();
        name(HOST, "fd00::1", "10.0.0.1");
        server("10.0.0.1", Side.Wire.UDP);
        ConnectionId id = connect();
        pass(Duration.ofMillis(100));
        assertThat(events).containsExactly("established");
        assertThat(addressOf(id)).isEqualTo("10.0.0.1|2018");
    }

    @Test
    void anAddressForWhichTheDriverHasNoWayIsFollowedByTheNextOneAtOnce() {
        SimulatedHost onlyIpv4 = network.host("10.0.0.101");
        SocketDriver driver = new SocketDriver(
                gridMate,
                SocketDriverConfig.builder()
                        .hostNames(hostNames())
                        .transport(onlyIpv4::openDatagrams)
                        .build());
        assertThat(driver.initialize(AddressFamily.IPV6)).isEqualTo(ResultCode.OK);
        carrier = Carrier.create(CarrierDesc.builder().driver(driver).build(), gridMate);
        name(HOST, "fd00::1", "10.0.0.1");
        server("10.0.0.1", Side.Wire.UDP);
        ConnectionId id = connect();
        pass(Duration.ofMillis(100));
        assertThat(events).containsExactly("established");
        assertThat(addressOf(id)).isEqualTo("10.0.0.1|2018");
        assertThat(carrier.counter(CarrierCounter.HOST_ADDRESSES_TRIED)).isEqualTo(2);
    }

    private Carrier ipv4Carrier() {
        SocketDriver driver = new SocketDriver(
                gridMate,
                SocketDriverConfig.builder()
                        .hostNames(hostNames())
                        .transport(home::openDatagrams)
                        .build());
        assertThat(driver.initialize(AddressFamily.IPV4)).isEqualTo(ResultCode.OK);
        return Carrier.create(CarrierDesc.builder().driver(driver).build(), gridMate);
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownHostIsAnEvent(Side.Wire wire) {
        carrier = carrier(wire);
        ConnectionId id = connect();
        pass(Duration.ofMillis(20));
        assertThat(events).containsExactly("failed UNKNOWN_HOST");
        assertThat(told).contains(id);
        assertThat(reasons.get(0).detail()).isEqualTo("no address of game.example is known: no host has that name");
        assertThat(carrier.counter(CarrierCounter.HOST_LOOK_UPS_FAILED)).isEqualTo(1);
        assertThat(carrier.connectionState(id)).isEqualTo(ConnectionState.DISCONNECTED);
        assertThat(carrier.send(ByteBuffer.allocate(1), id)).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void aLookUpThatNeverEndsHasADeadlineAndAWaitEndsWithIt() {
        ConnectionId id = carrier.connect(HOST, Side.PORT);
        pass(Duration.ofMillis(10));
        long begin = network.nanoTime();
        while (!carrier.waitForData(Duration.ofMinutes(1))) {
            assertThat(network.nanoTime() - begin)
                    .isLessThan(Duration.ofSeconds(11).toNanos());
        }
        assertThat(network.nanoTime() - begin)
                .isGreaterThan(Duration.ofSeconds(9).toNanos());
        pass(Duration.ofMillis(20));
        assertThat(events).containsExactly("failed UNKNOWN_HOST");
        assertThat(told).contains(id);
        assertThat(reasons.get(0).detail()).contains("took longer than 10000 ms");
        answer();
        pass(Duration.ofMillis(20));
        assertThat(events).hasSize(1);
    }

    @Test
    void overUdpTheReasonTellsOfEachAddressAndARefusalIsTheKind() {
        name(HOST, "10.0.0.1", "10.0.0.2", "10.0.0.3");
        silence("10.0.0.1");
        silence("10.0.0.3");
        Side full = new Side(
                network.host("10.0.0.2"),
                Side.Wire.UDP,
                settings -> settings.handshake(new DefaultHandshake(7, Duration.ofSeconds(5))));
        servers.add(full);
        connect();
        pass(Duration.ofSeconds(10));
        assertThat(events).containsExactly("failed VERSION_MISMATCH");
        assertThat(reasons.get(0).detail())
                .startsWith("no address of game.example could be connected to: 10.0.0.2|2018: ")
                .contains("10.0.0.1|2018: the peer did not answer within", "10.0.0.3|2018: the peer did not answer");
    }

    @Test
    void overTcpTheReasonTellsOfEachAddress() {
        carrier = carrier(Side.Wire.TCP);
        name(HOST, "10.0.0.1", "10.0.0.2");
        network.host("10.0.0.1");
        network.host("10.0.0.2");
        connect();
        pass(Duration.ofSeconds(1));
        assertThat(events).containsExactly("failed DRIVER_ERROR");
        assertThat(reasons.get(0).detail()).contains("10.0.0.1|2018: ", "10.0.0.2|2018: ");
    }

    @ParameterizedTest
    @EnumSource
    void aConnectIsGivenUpWhileItsNameIsLookedUpAndWhileItsAddressesAreAsked(Side.Wire wire) {
        carrier = carrier(wire);
        name(HOST, "10.0.0.1");
        silence("10.0.0.1");
        List<String> outcomes = new ArrayList<>();
        ConnectionId early = carrier.connect(HOST, Side.PORT);
        SendResult taken = carrier.sendWithCallback(
                ByteBuffer.allocate(3),
                new AckCallback() {
                    @Override
                    public void onAck() {
                        outcomes.add("ack");
                    }

                    @Override
                    public void onLost() {
                        outcomes.add("lost");
                    }
                },
                early,
                DataReliability.SEND_RELIABLE,
                DataPriority.NORMAL,
                0);
        assertThat(taken).isEqualTo(SendResult.OK);
        carrier.disconnect(early);
        answer();
        pass(Duration.ofMillis(50));
        assertThat(events).containsExactly("failed USER_REQUESTED");
        assertThat(outcomes).containsExactly("lost");
        ConnectionId late = connect();
        pass(Duration.ofMillis(50));
        carrier.disconnect(ConnectionId.ALL, Duration.ofSeconds(5));
        pass(Duration.ofMillis(50));
        assertThat(events).containsExactly("failed USER_REQUESTED", "failed USER_REQUESTED");
        assertThat(told).contains(early, late);
        pass(Duration.ofSeconds(2));
        assertThat(events).hasSize(2);
    }

    @Test
    void anEndAfterDrainingWaitsForTheConnectionAndItsMessages() {
        name(HOST, "10.0.0.1");
        Side server = server("10.0.0.1", Side.Wire.UDP);
        ConnectionId id = carrier.connect(HOST, Side.PORT);
        assertThat(carrier.send(ByteBuffer.wrap(new byte[] {'x'}), id)).isEqualTo(SendResult.OK);
        carrier.disconnect(id, Duration.ofSeconds(5));
        assertThat(carrier.send(ByteBuffer.allocate(1), id)).isEqualTo(SendResult.NOT_CONNECTED);
        pass(Duration.ofMillis(50));
        answer();
        pass(Duration.ofSeconds(2));
        assertThat(server.texts()).containsExactly("x");
        assertThat(events).containsExactly("established", "disconnected USER_REQUESTED");
    }

    @Test
    void anEndOfAllAfterDrainingWaitsForAnAddressThatIsBeingAsked() {
        name(HOST, "10.0.0.1");
        Side server = server("10.0.0.1", Side.Wire.UDP);
        ConnectionId id = connect();
        assertThat(carrier.send(ByteBuffer.wrap(new byte[] {'x'}), id)).isEqualTo(SendResult.OK);
        carrier.update();
        assertThat(carrier.counter(CarrierCounter.HOST_ADDRESSES_TRIED)).isOne();
        carrier.disconnect(ConnectionId.ALL, Duration.ofSeconds(5));
        pass(Duration.ofSeconds(2));
        assertThat(server.texts()).containsExactly("x");
        assertThat(events).containsExactly("established", "disconnected USER_REQUESTED");
    }

    @ParameterizedTest
    @EnumSource
    void aCarrierThatClosesMeanwhileTellsTheEnd(Side.Wire wire) {
        carrier = carrier(wire);
        name(HOST, "10.0.0.1");
        silence("10.0.0.1");
        connect();
        pass(Duration.ofMillis(50));
        carrier.connect("other.example", Side.PORT);
        carrier.close();
        answer();
        assertThat(events).containsExactly("failed SHUTTING_DOWN", "failed SHUTTING_DOWN");
    }

    @ParameterizedTest
    @EnumSource
    void twoNamesOfOneAddressAreOneConnection(Side.Wire wire) {
        carrier = carrier(wire);
        name(HOST, "10.0.0.1");
        name("alias", "10.0.0.1");
        server("10.0.0.1", wire);
        ConnectionId first = carrier.connect(HOST, Side.PORT);
        assertThat(carrier.connect(HOST, Side.PORT)).isSameAs(first);
        assertThat(carrier.connect(HOST + "|" + Side.PORT)).isSameAs(first);
        answer();
        pass(Duration.ofMillis(200));
        ConnectionId second = carrier.connect("alias", Side.PORT);
        answer();
        pass(Duration.ofMillis(200));
        assertThat(events).containsExactly("established", "failed WAS_ALREADY_CONNECTED");
        assertThat(told).contains(first, second);
        assertThat(carrier.numConnections()).isEqualTo(1);
    }

    @Test
    void whatIsHeldHasTheLimitOfASendQueue() {
        carrier = carrier(Side.Wire.UDP, CarrierDesc.builder().sendQueueSize(65_536));
        ConnectionId id = carrier.connect(HOST, Side.PORT);
        assertThat(carrier.send(ByteBuffer.allocate(60_000), id)).isEqualTo(SendResult.OK);
        assertThat(carrier.send(ByteBuffer.allocate(6_000), id)).isEqualTo(SendResult.QUEUE_FULL);
        assertThat(carrier.send(ByteBuffer.allocate(5_000), id)).isEqualTo(SendResult.OK);
        assertThat(carrier.counter(CarrierCounter.SENDS_REJECTED)).isEqualTo(1);
    }

    @Test
    void anotherCarriersConnectIsRefused() {
        ConnectionId id = carrier.connect(HOST, Side.PORT);
        Carrier other = carrier(Side.Wire.UDP);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> assertThat(other.send(ByteBuffer.allocate(1), id)).isNull())
                .withMessageEndingWith("is another carrier's");
    }

    @Test
    void whatCanBeNoHostIsTheCallersMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> carrier.connect("", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> carrier.connect("127.1", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> carrier.connect(HOST, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> carrier.connect(HOST));
        assertThatIllegalArgumentException().isThrownBy(() -> carrier.connect(HOST + "|x"));
    }
}
