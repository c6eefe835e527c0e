package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.sim.SimulatedPeer;
import dev.gridmate.testkit.Logged;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A host has a name and several addresses, and not all of them answer. */
class ConnectingByNameTest {

    private static final int PORT = 2017;
    private static final Duration STEP = Duration.ofMillis(10);

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost home = network.host("10.0.0.100", "fd00::100");
    private final Names names = new Names();
    private final GridMate gridMate = new GridMate();
    private final Recorder events = Recorder.on(gridMate);
    private StreamSocketDriver driver = made(AddressFamily.IPV6, config -> config);

    private StreamSocketDriver made(AddressFamily family, UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                .maxConnections(1)
                .connectTimeout(Duration.ofSeconds(3))
                .hostNames(names.settings().build())
                .transport(home);
        StreamSocketDriver made =
                new StreamSocketDriver(gridMate, settings.apply(config).build());
        ok(made.initialize(family));
        return made;
    }

    private SimulatedPeer.Listener listen(String ip) {
        return network.host(ip).listenRaw(PORT);
    }

    /** Nothing that is sent there arrives, and nothing comes back. */
    private void silence(String ip) {
        network.partition(home, network.host(ip));
    }

    private HostConnect connect(String host) {
        HostConnect connect = driver.connectToHost(host, PORT);
        names.answer();
        return connect;
    }

    private void pass(Duration time) {
        network.tick(STEP);
        network.run(time, driver::update);
    }

    private static void assertAt(SocketDriverAddress address, String ip) {
        assertThat(address.toInetSocketAddress()).isEqualTo(new InetSocketAddress(Names.ip(ip), PORT));
    }

    private DisconnectReason onlyReason() {
        assertThat(events.reasons).hasSize(1);
        return events.reasons.get(0);
    }

    @AfterEach
    void nothingIsLeftOpen() {
        gridMate.close();
        assertThat(network.openEndpoints()).isLessThanOrEqualTo(peersLeft);
        assertThat(driver.counter(DriverCounter.CONNECTS_STARTED))
                .isEqualTo((long) events.established.size() + events.failed.size());
        assertThat(driver.counter(DriverCounter.CONNECTS_FAILED)).isEqualTo(events.failed.size());
    }

    private int peersLeft = 8; // raw peers, which the driver does not close

    @Test
    void theFirstAddressThatAnswersIsTheConnectionsAndTheConnectKnowsIt() {
        names.put("game", "10.0.0.1");
        listen("10.0.0.1");
        HostConnect connect = connect("game");
        assertThat(connect.isPending()).isTrue();
        assertThat(connect.address()).isNull();
        assertThat(connect).hasToString("game|2017");
        pass(STEP);
        assertThat(events.established).containsExactly(connect.address());
        assertAt(events.established.get(0), "10.0.0.1");
        assertThat(connect).hasToString("game|2017 at 10.0.0.1|2017");
        assertThat(connect.isPending()).isFalse();
        assertThat(driver.connections()).containsExactly(connect.address());
        assertThat(driver.disconnectFrom(Objects.requireNonNull(connect.address())))
                .isEqualTo(ResultCode.OK);
    }

    @Test
    void theEndIsToldAtOnceAlsoToAProgramThatWaitsLong() {
        names.put("game", "10.0.0.1");
        connect("game");
        long start = network.nanoTime();
        while (events.reasons.isEmpty() && network.nanoTime() - start < 10_000_000_000L) {
            driver.waitForData(Duration.ofMinutes(1));
            driver.update();
        }
        assertThat(Duration.ofNanos(network.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(events.failed).hasSize(1);
    }

    @Test
    void theNameOfAConnectIsAKeyAsAnyAddressIs() {
        names.put("game", "10.0.0.1");
        SocketDriverAddress name = connect("game").name();
        assertThat(name.hashCode()).isEqualTo(name.hashCode());
        assertThat(driver.isConnectedTo(name)).isFalse();
        pass(STEP.multipliedBy(4));
        assertThat(new HashSet<>(events.failed)).containsExactly(name);
    }

    @Test
    void anAddressThatRefusesIsFollowedByTheNextOneAtOnce() {
        names.put("game", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        listen("10.0.0.3");
        HostConnect connect = connect("game");
        pass(STEP.multipliedBy(4)); // less than the delay between attempts
        assertThat(events.established).containsExactly(connect.address());
        assertAt(events.established.get(0), "10.0.0.3");
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(3);
        assertThat(events.failed).isEmpty();
    }

    @Test
    void anAddressThatIsSilentIsFollowedByTheNextOneAfterAQuarterOfASecond() {
        names.put("game", "10.0.0.1", "10.0.0.2");
        SimulatedPeer.Listener silent = listen("10.0.0.1");
        listen("10.0.0.2");
        silence("10.0.0.1");
        HostConnect connect = connect("game");
        pass(Duration.ofMillis(240));
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(1);
        pass(Duration.ofMillis(40));
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(2);
        assertThat(events.established).containsExactly(connect.address());
        assertAt(events.established.get(0), "10.0.0.2");
        network.heal();
        pass(STEP);
        assertThat(home.openEndpoints()).as("the first attempt was given up").isEqualTo(1);
        assertThat(silent).isNotNull();
        assertThat(events.established).hasSize(1);
    }

    @Test
    void anAddressThatAnswersLateWinsIfTheOthersDoNotAnswerBefore() {
        names.put("game", "10.0.0.1", "10.0.0.2");
        listen("10.0.0.1");
        listen("10.0.0.2");
        network.link(home, network.host("10.0.0.1")).latency(Duration.ofMillis(200));
        network.link(home, network.host("10.0.0.2")).latency(Duration.ofMillis(200));
        HostConnect connect = connect("game");
        pass(Duration.ofSeconds(1));
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(2);
        assertAt(Objects.requireNonNull(connect.address()), "10.0.0.1");
        assertThat(events.established).hasSize(1);
        assertThat(events.reasons).as("the loser is no event").isEmpty();
        assertThat(home.openEndpoints()).isEqualTo(1);
    }

    @Test
    void familiesTakeTurnsBeginningWithThatOfTheFirstAddress() {
        names.put("game", "fd00::1", "fd00::2", "fd00::3", "10.0.0.1", "10.0.0.2");
        HostConnect connect = connect("game");
        pass(STEP.multipliedBy(10));
        assertThat(events.failed).containsExactly(connect.name());
        assertThat(onlyReason().detail())
                .matches(".*fd00::1\\|2017: .*10\\.0\\.0\\.1\\|2017: .*fd00::2\\|2017: .*10\\.0\\.0\\.2\\|2017: .*"
                        + "fd00::3\\|2017: .*");
    }

    @Test
    void aDriverForIpv4TriesNothingElse() {
        driver.close();
        driver = made(AddressFamily.IPV4, config -> config);
        names.put("game", "fd00::1", "10.0.0.1");
        names.put("six", "fd00::1");
        listen("fd00::1");
        listen("10.0.0.1");
        HostConnect six = connect("six");
        pass(STEP);
        assertThat(events.failed).containsExactly(six.name());
        assertThat(onlyReason().code()).isEqualTo(DisconnectReason.Code.UNKNOWN_HOST);
        assertThat(onlyReason().detail()).contains("no IPv4 address");
        HostConnect connect = connect("game");
        pass(STEP);
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(1);
        assertAt(Objects.requireNonNull(connect.address()), "10.0.0.1");
    }

    @Test
    void whenAllAddressesFailTheReasonTellsOfEach() {
        names.put("game", "10.0.0.1", "10.0.0.2");
        silence("10.0.0.1");
        assertThat(network.host("10.0.0.2").openListeners()).isZero();
        HostConnect connect = connect("game");
        pass(Duration.ofSeconds(4));
        assertThat(events.failed).containsExactly(connect.name());
        assertThat(onlyReason().code()).isEqualTo(DisconnectReason.Code.CONNECT_FAILED);
        assertThat(onlyReason().detail())
                .startsWith("no address of game could be connected to: 10.0.0.2|2017: ")
                .contains("refused; 10.0.0.1|2017: ");
        assertThat(connect.address()).isNull();
        assertThat(connect.name().hasIp()).isFalse();
        assertThat(connect.name().driver(StreamSocketDriver.class)).isSameAs(driver);
        assertThatIllegalStateException().isThrownBy(() -> connect.name().ip());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assertThat(driver.connectTo(connect.name())).isNull())
                .withMessageContaining("unresolved");
        assertThat(driver.isConnectedTo(connect.name())).isFalse();
    }

    @Test
    void aSingleReasonKeepsItsKind() {
        names.put("game", "10.0.0.1", "10.0.0.2");
        silence("10.0.0.1");
        silence("10.0.0.2");
        connect("game");
        pass(Duration.ofSeconds(4));
        assertThat(onlyReason().code()).isEqualTo(DisconnectReason.Code.CONNECT_TIMEOUT);
    }

    @Test
    void anUnknownHostIsAnEventThatSaysSo() {
        HostConnect connect = connect("nowhere.example");
        assertThat(events.failed).as("events fire in updates alone").isEmpty();
        pass(STEP);
        assertThat(events.failed).containsExactly(connect.name());
        assertThat(onlyReason())
                .hasToString("UNKNOWN_HOST: no address of nowhere.example is known: no host has that name");
        assertThat(driver.counter(DriverCounter.HOST_LOOK_UPS_FAILED)).isEqualTo(1);
        names.put("nowhere.example", "10.0.0.1");
        listen("10.0.0.1");
        connect("nowhere.example");
        pass(STEP);
        assertThat(events.established).as("its place was free again").hasSize(1);
    }

    @Test
    void aLookUpThatThrowsIsAnEventToo() {
        driver.close();
        driver = made(
                AddressFamily.IPV4,
                config -> config.hostNames(names.settings()
                        .resolver(host -> {
                            throw new AssertionError("no service");
                        })
                        .build()));
        try (Logged log = Logged.expecting("looking game up threw")) {
            connect("game");
            assertThat(log.thrown(1)).hasSize(1);
        }
        pass(STEP);
        assertThat(onlyReason().code()).isEqualTo(DisconnectReason.Code.UNKNOWN_HOST);
        assertThat(onlyReason().detail()).contains("AssertionError: no service");
    }

    @Test
    void aResolverThatFindsNothingOrCannotRunIsAnEventToo() {
        names.put("empty");
        connect("empty");
        pass(STEP);
        assertThat(onlyReason().detail()).contains("the host has no address");
        driver.close();
        driver = made(
                AddressFamily.IPV4,
                config -> config.hostNames(names.settings()
                        .executor(task -> {
                            throw new RejectedExecutionException("full");
                        })
                        .build()));
        connect("game");
        pass(STEP);
        assertThat(events.reasons.get(1).detail()).contains("no room for another look-up: full");
        assertThat(driver.counter(DriverCounter.CONNECTS_FAILED)).isEqualTo(1);
        events.failed.remove(0); // the closed driver's
    }

    @Test
    void aLookUpThatNeverEndsHasADeadlineAndAWaitEndsWithIt() {
        HostConnect connect = driver.connectToHost("game", PORT); // and nobody answers
        pass(STEP);
        long begin = network.nanoTime();
        assertThat(driver.waitForData(Duration.ofMinutes(1))).isTrue();
        assertThat(Duration.ofNanos(network.nanoTime() - begin))
                .isBetween(Duration.ofMillis(9_980), Duration.ofSeconds(10));
        driver.update();
        assertThat(events.failed).containsExactly(connect.name());
        assertThat(onlyReason().detail()).contains("took longer than 10000 ms");
        names.put("game", "10.0.0.1");
        names.answer();
        pass(STEP);
        assertThat(events.reasons).as("an answer that comes too late").hasSize(1);
    }

    @Test
    void aWaitEndsWhenTheAnswerHasComeAndWhenTheNextAddressIsDue() {
        names.put("game", "10.0.0.1", "10.0.0.2");
        silence("10.0.0.1");
        silence("10.0.0.2");
        connect("game");
        long begin = network.nanoTime();
        for (int i = 0; i < 3; i++) { // the answer ends a wait, and may end the next one, too
            assertThat(driver.waitForData(Duration.ofMinutes(1))).isTrue();
            driver.update();
        }
        assertThat(network.nanoTime() - begin).isEqualTo(Duration.ofMillis(250).toNanos());
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(2);
    }

    @Test
    void aConnectIsGivenUpWhileItsNameIsLookedUpAndWhileItsAddressesAreTried() {
        names.put("game", "10.0.0.1");
        listen("10.0.0.1");
        HostConnect early = driver.connectToHost("game", PORT);
        early.cancel();
        assertThat(early.isPending()).isFalse();
        names.answer();
        pass(STEP);
        assertThat(events.failed).containsExactly(early.name());
        assertThat(onlyReason().code()).isEqualTo(DisconnectReason.Code.LOCAL_CLOSED);
        silence("10.0.0.1");
        HostConnect late = connect("game");
        pass(STEP);
        assertThat(home.openEndpoints()).isEqualTo(1);
        late.cancel();
        assertThat(home.openEndpoints()).isZero();
        pass(STEP);
        late.cancel();
        early.cancel();
        pass(STEP);
        assertThat(events.failed).containsExactly(early.name(), late.name());
    }

    @Test
    void aDriverThatClosesMeanwhileTellsTheEnd() {
        names.put("game", "10.0.0.1");
        silence("10.0.0.1");
        HostConnect trying = connect("game");
        driver.update();
        driver.close();
        assertThat(events.failed).containsExactly(trying.name());
        assertThat(onlyReason().code()).isEqualTo(DisconnectReason.Code.DRIVER_CLOSED);
        trying.cancel();
        driver = made(AddressFamily.IPV4, config -> config);
        HostConnect lookingUp = driver.connectToHost("game", PORT);
        driver.close();
        names.answer();
        assertThat(events.failed).containsExactly(trying.name(), lookingUp.name());
        events.failed.remove(0); // the other driver's
    }

    @Test
    void aConnectTakesOnePlaceHoweverManyAddressesAreTried() {
        names.put("game", "10.0.0.1", "10.0.0.2");
        silence("10.0.0.1");
        silence("10.0.0.2");
        connect("game");
        pass(Duration.ofMillis(300));
        assertThat(home.openEndpoints()).isEqualTo(2);
        assertThat(driver.connectTo(driver.createDriverAddress("10.0.0.3|2017")))
                .isEqualTo(ResultCode.TOO_MANY_CONNECTIONS);
        HostConnect second = connect("other");
        pass(STEP);
        assertThat(events.failed).containsExactly(second.name());
        assertThat(onlyReason().detail()).isEqualTo("the maximum of 1 is reached");
        assertThat(driver.numberOfConnections()).isZero();
        assertThat(driver.connections()).isEmpty();
    }

    @Test
    void aConnectByTheSameNameIsTheSameAsLongAsItIsPendingAndThenItFindsTheConnection() {
        driver.close();
        driver = made(AddressFamily.IPV6, config -> config.maxConnections(8));
        names.put("game", "10.0.0.1");
        names.put("alias", "10.0.0.1");
        listen("10.0.0.1");
        HostConnect first = driver.connectToHost("game", PORT);
        assertThat(driver.connectToHost("game", PORT)).isSameAs(first);
        HostConnect otherPort = driver.connectToHost("game", PORT + 1);
        assertThat(otherPort).isNotSameAs(first);
        names.answer();
        assertThat(names.asked).containsExactly("game", "game");
        pass(STEP.multipliedBy(3));
        assertThat(events.failed).containsExactly(otherPort.name());
        HostConnect again = connect("alias");
        pass(STEP);
        assertThat(events.failed).containsExactly(otherPort.name(), again.name());
        assertThat(events.reasons.get(1).detail()).isEqualTo("10.0.0.1|2017 is connecting or connected already");
        assertThat(again.address()).as("the connection that is there").isSameAs(first.address());
    }

    @Test
    void twoNamesOfOneAddressLeadToOneConnection() {
        driver.close();
        driver = made(AddressFamily.IPV6, config -> config.maxConnections(8));
        names.put("game", "10.0.0.1");
        names.put("alias", "10.0.0.1");
        listen("10.0.0.1");
        driver.connectToHost("game", PORT);
        driver.connectToHost("alias", PORT);
        names.answer();
        pass(STEP.multipliedBy(3));
        assertThat(events.established).hasSize(1);
        assertThat(events.failed).hasSize(1);
        assertThat(onlyReason().detail()).endsWith("is connecting or connected already");
        assertThat(home.openEndpoints()).isEqualTo(1);
    }

    @Test
    void aHandlerThatConnectsAgainWheneverAConnectFailsKeepsNoUpdateFromReturning() {
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
            @Override
            public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
                if (driver.isInitialized()) {
                    connect("nowhere");
                }
            }
        });
        connect("nowhere");
        pass(STEP.multipliedBy(5));
        assertThat(events.failed).hasSize(5);
    }

    @Test
    void anAddressIsNotLookedUp() {
        listen("10.0.0.1");
        HostConnect connect = connect("10.0.0.1");
        pass(STEP);
        assertThat(names.asked).isEmpty();
        assertThat(events.established).containsExactly(connect.address());
        assertThat(connect.name()).isSameAs(connect.address());
        assertThat(connect("[fd00::1]")).hasToString("fd00::1|2017");
    }

    @Test
    void whatCanBeNoHostIsTheCallersMistake() {
        for (String host : List.of("", "[]", "1234", "127.1", "1.2.3.4.5")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> driver.connectToHost(host, PORT))
                    .withMessage("host \"" + host + "\" is neither an IP address nor the name of a host");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> driver.connectToHost("game", 0))
                .withMessage("port is 0, it must be 1 to 65535");
        assertThatIllegalArgumentException().isThrownBy(() -> driver.connectToHost("game", 65_536));
    }

    @Test
    void noMoreAddressesAreTriedThanAreAllowedAndTheReasonSaysSo() {
        driver.close();
        driver = made(
                AddressFamily.IPV6,
                config -> config.hostNames(names.settings()
                        .maxAddresses(2)
                        .attemptDelay(Duration.ofMillis(50))
                        .build()));
        names.put("game", "10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4");
        connect("game");
        pass(STEP.multipliedBy(4));
        assertThat(driver.counter(DriverCounter.HOST_ADDRESSES_TRIED)).isEqualTo(2);
        assertThat(onlyReason().detail())
                .contains("10.0.0.1|2017: ", "10.0.0.2|2017: ")
                .endsWith("; 2 more addresses were not tried, only 2");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostNames.builder().maxAddresses(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostNames.builder().maxAddresses(257));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostNames.builder().attemptDelay(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostNames.builder().lookUpTimeout(Duration.ofSeconds(-1)));
    }
}
