package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Where connects come from: the interface that the driver was given, and a port that the system
 * chooses.
 */
class LocalSideTest {

    private static final int PORT = 2017;

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost host = network.host("10.0.0.1", "10.0.0.8", "10.0.0.9");
    private final GridMate gridMate = new GridMate();
    private final SimulatedPeer.Listener server = network.host("10.0.0.2").listenRaw(9);

    @AfterEach
    void close() {
        gridMate.close();
    }

    private StreamSocketDriver driver(@Nullable String ip) {
        StreamSocketDriver driver = new StreamSocketDriver(
                gridMate, Loopback.config().transport(host).build());
        ok(driver.initialize(AddressFamily.IPV4, ip, PORT));
        return driver;
    }

    /** The address that the peer sees when this driver connects to it. */
    private InetSocketAddress seenOf(StreamSocketDriver driver) {
        ok(driver.connectTo(driver.createDriverAddress("10.0.0.2|9")));
        for (int i = 0; i < 5; i++) {
            network.advance(Duration.ofMillis(1));
            driver.update();
        }
        return server.accept().orElseThrow().remoteAddress();
    }

    @Test
    void aDriverConnectsFromTheInterfaceThatItWasGivenAndFromAPortOfItsOwn() {
        StreamSocketDriver driver = driver("10.0.0.9");
        ok(driver.startListen(1));
        InetSocketAddress seen = seenOf(driver);
        assertThat(seen.getAddress().getHostAddress()).isEqualTo("10.0.0.9");
        assertThat(seen.getPort()).as("that one is for those who connect here").isNotEqualTo(PORT);
        assertThat(driver.port()).isEqualTo(PORT);
    }

    @Test
    void withoutAnInterfaceTheSystemChoosesOne() {
        InetSocketAddress seen = seenOf(driver(null));
        assertThat(seen.getAddress().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(seen.getPort()).isNotEqualTo(PORT);
    }
}
