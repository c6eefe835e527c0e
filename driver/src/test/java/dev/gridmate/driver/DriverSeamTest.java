package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.Subscription;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a protocol on top asks of any driver, so that it need not know which one it has. */
class DriverSeamTest {

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final GridMate gridMate = new GridMate();

    @AfterEach
    void close() {
        gridMate.close();
    }

    private StreamSocketDriver stream(String host, int port) {
        StreamSocketDriver driver = new StreamSocketDriver(
                gridMate,
                StreamSocketDriverConfig.builder()
                        .maxPacketSize(1000)
                        .transport(network.host(host))
                        .build());
        assertThat(driver.initialize(AddressFamily.IPV4, host, port)).isEqualTo(ResultCode.OK);
        return driver;
    }

    private void update(Driver... drivers) {
        for (int i = 0; i < 20; i++) {
            network.advance(Duration.ofMillis(10));
            for (Driver each : drivers) {
                each.update();
            }
        }
    }

    private record Heard(List<SocketDriverAddress> established, List<DisconnectReason.Code> ends)
            implements StreamSocketDriverEvents {
        Heard() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        @Override
        public void onConnectionEstablished(SocketDriverAddress address) {
            established.add(address);
        }

        @Override
        public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
            ends.add(reason.code());
        }

        @Override
        public void onConnectionFailed(SocketDriverAddress address, DisconnectReason reason) {
            ends.add(reason.code());
        }
    }

    @Test
    void aDatagramDriverNeedsNoConnection() {
        SocketDriver driver = new SocketDriver(
                gridMate,
                SocketDriverConfig.builder()
                        .transport(network.host("10.0.0.1")::openDatagrams)
                        .build());
        assertThat(driver.initialize(AddressFamily.IPV4, "10.0.0.1", 2018)).isEqualTo(ResultCode.OK);
        SocketDriverAddress peer = driver.createDriverAddress("10.0.0.2|2018");
        assertThat(driver.isConnectionOriented()).isFalse();
        assertThat(driver.connectTo(peer)).isEqualTo(ResultCode.OK);
        assertThat(driver.isConnectedTo(peer)).isTrue();
        assertThat(driver.roomFor(peer)).isEqualTo(driver.maxSendSize());
        driver.subscribe(new Heard()).close();
    }

    @Test
    void aStreamDriverHasNoRoomBeforeItIsConnectedNorAfterwards() {
        StreamSocketDriver server = stream("10.0.0.1", 2017);
        assertThat(server.startListen(8)).isEqualTo(ResultCode.OK);
        StreamSocketDriver client = stream("10.0.0.2", 0);
        SocketDriverAddress peer = client.createDriverAddress("10.0.0.1|2017");
        assertThat(client.isConnectionOriented()).isTrue();
        assertThat(client.roomFor(peer)).isZero();
        assertThat(client.connectTo(peer)).isEqualTo(ResultCode.OK);
        assertThat(client.writableBytes(peer))
                .as("packets may wait for the connection")
                .isPositive();
        assertThat(client.roomFor(peer)).as("but none leaves").isZero();
        update(server, client);
        assertThat(client.roomFor(peer)).isEqualTo(client.writableBytes(peer)).isPositive();
        client.disconnectFrom(peer);
        assertThat(client.roomFor(peer)).isZero();
    }

    @Test
    void aSubscriberHearsOfItsOwnDriverOnlyAlsoWhenAnotherHasTheSamePeer() {
        StreamSocketDriver server = stream("10.0.0.1", 2017);
        assertThat(server.startListen(8)).isEqualTo(ResultCode.OK);
        StreamSocketDriver one = stream("10.0.0.2", 0);
        StreamSocketDriver other = stream("10.0.0.3", 0);
        Heard heard = new Heard();
        Subscription place = one.subscribe(heard);
        SocketDriverAddress peer = one.createDriverAddress("10.0.0.1|2017");
        assertThat(other.connectTo(other.createDriverAddress("10.0.0.1|2017"))).isEqualTo(ResultCode.OK);
        update(server, one, other);
        assertThat(other.numberOfConnections()).isEqualTo(1);
        assertThat(heard.established()).isEmpty();
        assertThat(one.connectTo(peer)).isEqualTo(ResultCode.OK);
        update(server, one, other);
        assertThat(heard.established()).containsExactly(peer);
        other.abort(other.createDriverAddress("10.0.0.1|2017"));
        one.abort(peer);
        update(server, one, other);
        assertThat(heard.ends()).containsExactly(DisconnectReason.Code.LOCAL_ABORTED);
        assertThat(one.connectTo(one.createDriverAddress("10.0.0.9|2017"))).isEqualTo(ResultCode.OK);
        place.close();
        update(server, one, other);
        assertThat(heard.ends()).hasSize(1);
    }
}
