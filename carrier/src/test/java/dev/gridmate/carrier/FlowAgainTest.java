package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.Statistics.Period;
import dev.gridmate.carrier.traffic.TrafficControl;
import org.junit.jupiter.api.Test;

/** What does not count for a traffic control, and what counts no longer. */
class FlowAgainTest {

    private static final long SECOND = 1_000_000_000;

    private long now = 77 * SECOND;
    private final TrafficControl.Flow flow = new DefaultTrafficControl().onConnect(Addresses.of(4), 1_000, now);

    FlowAgainTest() {
        flow.onHandshakeComplete(now);
    }

    @Test
    void acknowledgementsThatArriveDoNotOpenTheWindow() {
        flow.onSend(1_000, 1_000, now); // the window is full
        flow.onSend(900, 0, now);
        flow.onAck(900, 0, true, now, now + 1_000_000);
        assertThat(flow.congestionWindow()).isEqualTo(1_000);
        flow.onAck(1_000, 1_000, true, now, now + 1_000_000);
        assertThat(flow.congestionWindow()).isEqualTo(2_000);
    }

    @Test
    void theLastSecondIsEmptyWhenTwoHavePassed() {
        flow.onSend(100, 10, now);
        now += 2 * SECOND;
        flow.update(now);
        assertThat(flow.statistics(Period.LAST_SECOND, false).packetSend()).isZero();
        assertThat(flow.statistics(Period.LIFETIME, false).packetSend()).isOne();
    }
}
