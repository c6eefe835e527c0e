package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How often a program is woken that waits for what others do, and what it is told that nobody
 * hears.
 */
@Timeout(60)
class WaitingForOthersTest {

    private static int rounds(SimulatedNetwork network, Side side, long millis) {
        long end = network.nanoTime() + millis * CarrierTime.MILLISECOND;
        int rounds = 0;
        while (network.nanoTime() < end) {
            side.carrier.waitForData(Duration.ofSeconds(1));
            side.update();
            rounds++;
            assertThat(rounds).as("rounds").isLessThan(10_000);
        }
        return rounds;
    }

    @Test
    void oneThatWaitsForTheOneBeforeItIsNotAskedEachMoment() {
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.disconnect(one.id());
            one.pass(1);
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            assertThat(rounds(one.network, one.side, 480)).isLessThan(30);
        }
    }

    @Test
    void aDriverThatIsStillConnectingIsAskedAHundredTimesASecond() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            pair.network.partition(pair.serverHost, pair.clientHost);
            pair.connect();
            assertThat(rounds(pair.network, pair.client, 500)).isBetween(20, 80);
            assertThat(pair.client.events).isEmpty();
        }
    }

    @Test
    void whereNobodyHearsEventsTheyAreNoWork() {
        SimulatedNetwork network = new SimulatedNetwork(1);
        GridMate gridMate = new GridMate();
        SocketDriver driver = new SocketDriver(
                gridMate,
                SocketDriverConfig.builder()
                        .transport(network.host("10.0.0.1")::openDatagrams)
                        .build());
        assertThat(driver.initialize(AddressFamily.IPV4, null, Side.PORT)).isEqualTo(ResultCode.OK);
        Carrier carrier = Carrier.create(CarrierDesc.builder().driver(driver).build(), gridMate);
        try (RawPeer raw = new RawPeer(network.host("10.0.0.66"), 666, "10.0.0.1")) {
            raw.send((byte) 1);
            network.advance(Duration.ofMillis(1));
            assertThat(carrier.update()).as("one datagram").isOne();
            assertThat(carrier.counter(CarrierCounter.DATAGRAMS_UNKNOWN)).isOne();
        }
        gridMate.close();
    }

    @Test
    void aRequestLeavesInTheUpdateInWhichTheDriverIsConnected() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            pair.network.latency(Duration.ofMillis(7));
            pair.connect();
            SocketDriverAddress address = pair.client.driver.createDriverAddress("10.0.0.1|" + Side.PORT);
            for (int i = 0; i < 100 && !pair.client.driver.isConnectedTo(address); i++) {
                pair.network.advance(Duration.ofMillis(1));
                pair.server.update();
                pair.client.update();
            }
            assertThat(pair.client.driver.isConnectedTo(address)).isTrue();
            assertThat(pair.client.carrier.counter(CarrierCounter.DATAGRAMS_OUT))
                    .isOne();
        }
    }

    @Test
    void aBatchOfJustItsSizeIsFull() {
        try (Pair pair = new Pair(
                Side.Wire.UDP,
                1,
                settings -> settings,
                settings -> settings.sendBatchPacketCount(1).threadUpdateTimeMS(40))) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.send("x".repeat(pair.client.carrier.messageMtu()), id, DataReliability.SEND_UNRELIABLE, 0);
            pair.run(Duration.ofMillis(10));
            assertThat(pair.server.received).hasSize(1);
        }
    }

    @Test
    void whatIsSentAfterAnUpdateLeavesWithTheWait() {
        try (Pair pair = new Pair(Side.Wire.TCP)) {
            ConnectionId id = pair.connected();
            pair.run(Duration.ofMillis(500));
            pair.client.send("now", id, DataReliability.SEND_RELIABLE, 0);
            pair.client.carrier.waitForData(Duration.ofMillis(3));
            pair.network.advance(Duration.ofMillis(1));
            pair.server.update();
            assertThat(pair.server.texts()).containsExactly("now");
        }
    }
}
