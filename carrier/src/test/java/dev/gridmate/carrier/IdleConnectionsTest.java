package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An update costs what there is to do, and not how many connections there are. Steps are counted,
 * no time is taken.
 */
@Timeout(120)
class IdleConnectionsTest {

    private static final Duration TICK = Duration.ofMillis(10);
    private static final String[] HOSTS = {"10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"};

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final GridMate gridMate = new GridMate();
    private final List<Carrier> carriers = new ArrayList<>();

    private Carrier carrier(SimulatedHost host, int port) {
        SocketDriver driver = new SocketDriver(
                gridMate,
                SocketDriverConfig.builder().transport(host::openDatagrams).build());
        assertThat(driver.initialize(AddressFamily.IPV4, null, port)).isEqualTo(ResultCode.OK);
        Carrier carrier = Carrier.create(
                CarrierDesc.builder()
                        .driver(driver)
                        .newcomers(NewcomerLimits.DEFAULTS.withMaxConnectionsPerRemoteIp(0))
                        .build(),
                gridMate);
        carriers.add(carrier);
        return carrier;
    }

    private void tick() {
        network.advance(TICK);
        carriers.forEach(Carrier::update);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000})
    void idleConnectionsAreNotLookedAt(int count) {
        Carrier server = carrier(network.host("10.0.0.1"), 2018);
        List<ConnectionId> ids = new ArrayList<>();
        List<SimulatedHost> hosts = List.of(HOSTS).stream().map(network::host).toList();
        for (int i = 0; i < count; i++) {
            ids.add(carrier(hosts.get(i % hosts.size()), 3_000 + i).connect("10.0.0.1", 2018));
        }
        for (int i = 0; i < 200 && server.numConnections() < count; i++) {
            tick();
        }
        assertThat(server.numConnections()).isEqualTo(count);
        for (int i = 0; i < 20; i++) {
            tick();
        }

        int idle = 0;
        for (int i = 0; i < 20; i++) { // all have their signs of life at the same times: in two of these updates
            long before = Side.looks(server);
            server.update();
            idle += Side.looks(server) == before ? 1 : 0;
            tick();
        }
        assertThat(idle).as("updates that looked at nobody").isEqualTo(18);

        Carrier client = carriers.get(1);
        assertThat(client.send(ByteBuffer.allocate(10), ids.get(0))).isEqualTo(SendResult.OK);
        client.update();
        long before = Side.looks(server);
        server.update();
        assertThat(Side.looks(server) - before)
                .as("looks when one of them has something: to update it, and to send to it")
                .isEqualTo(2);
        gridMate.close();
    }
}
