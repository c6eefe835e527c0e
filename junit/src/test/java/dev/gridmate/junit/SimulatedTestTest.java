package dev.gridmate.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What the extension gives a test, and what it says when one fails. */
class SimulatedTestTest {

    private static final List<String> SEEN = new ArrayList<>();

    private String printed = "";

    @BeforeEach
    @AfterEach
    void clean() {
        SEEN.clear();
        System.clearProperty("gridmate.seed");
        System.clearProperty("gridmate.seeds");
    }

    @Test
    void aTestRunsOnceForEachSeedWithANetworkOfItsOwn() {
        EngineExecutionResults results = run("seesItsSeed");
        results.testEvents().assertStatistics(events -> events.started(3).succeeded(3));
        assertThat(SEEN)
                .containsExactly(
                        "before 1 at 0", "seed 1 at 0", "before 2 at 0", "seed 2 at 0", "before 3 at 0", "seed 3 at 0");
        assertThat(names(results)).containsExactly("seed 1", "seed 2", "seed 3");
    }

    @Test
    void theSameSeedDrawsTheSameNumbers() {
        assertThat(run("draws").testEvents().failed().count()).isZero();
        List<String> first = List.copyOf(SEEN);
        SEEN.clear();
        assertThat(run("draws").testEvents().failed().count()).isZero();
        assertThat(SEEN).isEqualTo(first).doesNotHaveDuplicates().hasSize(10);
    }

    @Test
    void aFailurePrintsItsSeedAndHowToRunItAlone() {
        EngineExecutionResults results = run("failsWithSeed2");
        results.testEvents()
                .assertStatistics(events -> events.started(3).succeeded(2).failed(1));
        assertThat(printed)
                .contains("Examples.failsWithSeed2 failed with seed 2")
                .contains("-Dgridmate.seed=2");
    }

    @Test
    void aSeedCanBeRunAloneAndTellsWhatHappened() {
        System.setProperty("gridmate.seed", "2");
        EngineExecutionResults results = run("failsWithSeed2");
        results.testEvents().assertStatistics(events -> events.started(1).failed(1));
        System.setProperty("gridmate.seed", "-77");
        run("connects")
                .testEvents()
                .assertStatistics(events -> events.started(1).succeeded(1));
        assertThat(printed).contains("connects").contains("is connected");
    }

    @Test
    void theNumberOfSeedsCanBeSetForALongRun() {
        System.setProperty("gridmate.seeds", "7");
        run("seesItsSeed")
                .testEvents()
                .assertStatistics(events -> events.started(7).succeeded(7));
    }

    @Test
    void aPropertyThatIsNotANumberIsToldByName() {
        System.setProperty("gridmate.seeds", "many");
        assertThat(failures(run("seesItsSeed"))).singleElement().asString().contains("gridmate.seeds is \"many\"");
        System.setProperty("gridmate.seeds", "0");
        assertThat(failures(run("seesItsSeed"))).singleElement().asString().contains("at least 1");
    }

    @Test
    void driversOfTheGivenGridMatesAreClosedAfterTheTest() {
        run("connects")
                .testEvents()
                .assertStatistics(events -> events.started(2).succeeded(2));
    }

    @Test
    void whatATestLeavesOpenFailsItWithTheNumbers() {
        assertThat(failures(run("leaks")))
                .singleElement()
                .asString()
                .contains("seed 1 left open: 0 endpoints, 1 listeners, 0 datagram sockets");
        assertThat(printed).contains("failed with seed 1");
    }

    @Test
    void aTestThatFailsAnywayIsNotBlamedForWhatItLeftOpen() {
        assertThat(failures(run("leaksAndFails"))).singleElement().asString().contains("its own reason");
    }

    @Test
    void aHandlerThatThrowsFailsTheTest() {
        assertThat(failures(run("hasAHandlerThatThrows")))
                .singleElement()
                .asString()
                .contains("an event handler threw")
                .contains("not that address");
    }

    /** Run by the tests above only: surefire does not look into nested classes that are static. */
    static final class Examples {

        @BeforeEach
        void before(SimulatedNetwork network, @Seed long seed) {
            SEEN.add("before " + seed + " at " + network.nanoTime());
        }

        @SimulatedTest(seeds = 3)
        void seesItsSeed(SimulatedNetwork network, @Seed long seed) {
            SEEN.add("seed " + seed + " at " + network.nanoTime());
            network.advance(Duration.ofSeconds(1));
        }

        @SimulatedTest(seeds = 5)
        void draws(SplittableRandom random, @Seed long seed) {
            SEEN.add("draw " + random.nextLong());
        }

        @SimulatedTest(seeds = 3)
        void failsWithSeed2(@Seed long seed) {
            assertThat(seed).isNotEqualTo(2);
        }

        @SimulatedTest(seeds = 2)
        void connects(SimulatedNetwork network, GridMate serverSide, GridMate clientSide) {
            StreamSocketDriver server = listen(network, serverSide);
            StreamSocketDriver client = connect(network, clientSide);
            assertThat(network.runUntil(
                            () -> client.numberOfConnections() == 1,
                            Duration.ofSeconds(1),
                            server::update,
                            client::update))
                    .isTrue();
            assertThat(serverSide).isNotSameAs(clientSide);
        }

        @SimulatedTest(seeds = 1)
        void leaks(SimulatedNetwork network) {
            StreamSocketDriver ignored = listen(network, new GridMate());
        }

        @SimulatedTest(seeds = 1)
        void leaksAndFails(SimulatedNetwork network) {
            StreamSocketDriver ignored = listen(network, new GridMate());
            throw new AssertionError("its own reason");
        }

        @SimulatedTest(seeds = 1)
        void hasAHandlerThatThrows(SimulatedNetwork network, GridMate serverSide, GridMate clientSide) {
            serverSide.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
                @Override
                public void onConnectionEstablished(SocketDriverAddress address) {
                    throw new AssertionError("not that address");
                }
            });
            StreamSocketDriver server = listen(network, serverSide);
            StreamSocketDriver client = connect(network, clientSide);
            network.run(Duration.ofMillis(100), server::update, client::update);
        }

        private static StreamSocketDriver listen(SimulatedNetwork network, GridMate gridMate) {
            StreamSocketDriver server = driver(network, gridMate, "10.0.0.1");
            assertThat(server.initialize(AddressFamily.IPV4, null, 2017)).isEqualTo(ResultCode.OK);
            assertThat(server.startListen(8)).isEqualTo(ResultCode.OK);
            return server;
        }

        private static StreamSocketDriver connect(SimulatedNetwork network, GridMate gridMate) {
            StreamSocketDriver client = driver(network, gridMate, "10.0.0.2");
            assertThat(client.initialize(AddressFamily.IPV4)).isEqualTo(ResultCode.OK);
            assertThat(client.connectTo(client.createDriverAddress("10.0.0.1|2017")))
                    .isEqualTo(ResultCode.OK);
            return client;
        }

        private static StreamSocketDriver driver(SimulatedNetwork network, GridMate gridMate, String ip) {
            return new StreamSocketDriver(
                    gridMate,
                    StreamSocketDriverConfig.builder()
                            .transport(network.host(ip))
                            .build());
        }
    }

    private EngineExecutionResults run(String method) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(selectMethod(Examples.class, findMethod(method)))
                    .execute();
        } finally {
            System.setOut(before);
            printed = bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private static Method findMethod(String name) {
        return Arrays.stream(Examples.class.getDeclaredMethods())
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> names(EngineExecutionResults results) {
        return results.testEvents()
                .started()
                .map(each -> each.getTestDescriptor().getDisplayName())
                .toList();
    }

    private static List<Throwable> failures(EngineExecutionResults results) {
        return results.allEvents()
                .failed()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .toList();
    }
}
