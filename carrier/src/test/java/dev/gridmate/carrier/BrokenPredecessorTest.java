package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Connections with one address, one behind the other, when the driver's connection underneath
 * breaks.
 */
@Timeout(60)
class BrokenPredecessorTest {

    /**
     * A pair over TCP, where a third carrier is connected too: what happens to the others is not to
     * touch it.
     */
    private final Pair pair = new Pair(Side.Wire.TCP);

    private final Side third = new Side(pair.network.host("10.0.0.3"), Side.Wire.TCP, settings -> settings);

    private ConnectionId prepare() {
        ConnectionId first = pair.connected();
        ConnectionId toThird = pair.client.carrier.connect("10.0.0.3", Side.PORT);
        for (int i = 0; i < 100; i++) {
            tick();
        }
        assertThat(pair.client.carrier.connectionState(toThird)).isEqualTo(ConnectionState.CONNECTED);
        pair.client.events.clear();
        pair.client.carrier.disconnect(first);
        return toThird;
    }

    private void tick() {
        pair.tick();
        third.update();
    }

    private void breakFirst() {
        pair.server.driver.close();
        for (int i = 0; i < 10; i++) {
            pair.network.advance(Duration.ofMillis(1));
            pair.client.update();
            third.update();
        }
    }

    private void assertOnlyThirdIsLeft(ConnectionId toThird) {
        assertThat(pair.client.carrier.numConnections()).isOne();
        assertThat(pair.client.carrier.connectionState(toThird)).isEqualTo(ConnectionState.CONNECTED);
        pair.client.send("still there", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
        for (int i = 0; i < 10; i++) {
            pair.network.advance(Pair.TICK);
            pair.client.update();
            third.update();
        }
        assertThat(third.texts()).containsExactly("still there");
        pair.client.close();
        third.close();
    }

    @Test
    void bothEndInTheOrderInWhichTheyBegan() {
        ConnectionId toThird = prepare();
        pair.connect();
        breakFirst();
        assertThat(pair.client.events)
                .containsExactly(
                        "driver error SEND_ADDRESS_NOT_BOUND",
                        "disconnected USER_REQUESTED",
                        "driver error SEND_ADDRESS_NOT_BOUND",
                        "failed DRIVER_ERROR");
        assertOnlyThirdIsLeft(toThird);
    }

    @Test
    void oneThatWasGivenUpWhileItWaitedIsForgottenOnce() {
        try (Side fourth = new Side(pair.network.host("10.0.0.4"), Side.Wire.TCP, settings -> settings)) {
            ConnectionId first = pair.connected();
            pair.client.carrier.disconnect(first);
            ConnectionId second = pair.connect();
            pair.client.carrier.disconnect(second);
            pair.client.carrier.connect("10.0.0.3", Side.PORT);
            pair.client.carrier.connect("10.0.0.4", Side.PORT);
            for (int i = 0; i < 20; i++) {
                tick();
                fourth.update();
            }
            assertThat(third.carrier.numConnections() + fourth.carrier.numConnections())
                    .isEqualTo(2);
            breakFirst();
            pair.client.send("still there", ConnectionId.ALL, DataReliability.SEND_RELIABLE, 0);
            pair.client.update();
            pair.network.advance(Pair.TICK);
            third.update();
            fourth.update();
            assertThat(third.texts()).containsExactly("still there");
            assertThat(fourth.texts()).containsExactly("still there");
            pair.client.close();
            third.close();
        }
    }

    @Test
    void oneThatCameIntoItsPredecessorsPlaceIsForgottenOnce() {
        ConnectionId toThird = prepare();
        ConnectionId second = pair.connect();
        for (int i = 0; i < 500 && pair.client.carrier.connectionState(second) != ConnectionState.CONNECTED; i++) {
            tick();
        }
        assertThat(pair.client.carrier.connectionState(second)).isEqualTo(ConnectionState.CONNECTED);
        breakFirst();
        assertOnlyThirdIsLeft(toThird);
    }
}
