package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.Statistics.Period;
import dev.gridmate.carrier.traffic.TrafficControl;
import org.junit.jupiter.api.Test;

/** What does not count for a traffic control, and what counts no longer. */
class FlowAgainTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private long now = 77 * SECOND;
    private TrafficControl.Flow flow = new DefaultTrafficControl().onConnect(Addresses.of(4), 1_000, now);

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

    /** Answers that take so long, in the second that is under way. */
    private void answers(int count, long rtt) {
        for (int i = 0; i < count; i++) {
            flow.onSend(100, 50, now);
            flow.onAck(100, 50, true, now - rtt, now);
        }
    }

    /** A second passes without a silence. */
    private void answersInQuarters() {
        for (int i = 0; i < 4; i++) {
            now += SECOND / 4;
            answers(1, 0);
        }
    }

    /** Answers in all of a second: a peer that was silent in it is not judged by it. */
    private void answersForASecond(long rtt) {
        for (int i = 0; i < 4; i++) {
            now += SECOND / 4;
            answers(25, rtt);
        }
        flow.update(now);
    }

    @Test
    void aSlowConnectionThatBecomesQuickIsGoodBeforeItsSecondIsOver() {
        for (int round = 1; round <= 2; round++) {
            for (int i = 0; i < 3; i++) {
                assertThat(flow.isDisconnect(1)).isFalse();
                answersForASecond(510 * MILLI);
            }
            assertThat(flow.isDisconnect(1)).isTrue();
            answers(100, 10 * MILLI);
            assertThat(flow.isDisconnect(1)).isFalse();
            answersForASecond(10 * MILLI);
        }
    }

    @Test
    void theReasonIsTheWorseOfTheTwo() {
        for (int i = 0; i < 2; i++) { // without a silence, before which nothing counts
            now += 400 * MILLI;
            answers(1, 600 * MILLI);
        }
        answers(50, 600 * MILLI);
        assertThat(flow.disconnectReason()).isEqualTo("a round trip takes 600 ms, the limit is 500 ms");
        for (int i = 0; i < 150; i++) {
            flow.onSend(100, 50, now);
            flow.onLost(100, 50, now, now);
        }
        assertThat(flow.disconnectReason()).isEqualTo("75 % of the datagrams are lost, the limit is 30 %");
        answers(100, 900 * MILLI);
        assertThat(flow.disconnectReason()).isEqualTo("a round trip takes 900 ms, the limit is 500 ms");
    }

    /** Fills the window once; returns whether that made it larger. */
    private boolean grows(long rtt) {
        int before = flow.congestionWindow();
        long sentAt = now;
        int sent = 0;
        while (flow.isSend()) {
            flow.onSend(1_000, 1_000, sentAt);
            sent++;
        }
        now += rtt;
        for (int i = 0; i < sent; i++) {
            flow.onAck(1_000, 1_000, true, sentAt, now);
        }
        return flow.congestionWindow() > before;
    }

    /** A new connection whose window has grown, with no queue anywhere. */
    private void begin() {
        flow = new DefaultTrafficControl().onConnect(Addresses.of(4), 1_000, now);
        flow.onHandshakeComplete(now);
        while (flow.congestionWindow() < 100_000) {
            assertThat(grows(10 * MILLI)).isTrue();
        }
    }

    /** Lets so many tenths of a second go by, with an answer in each. */
    private void pass(int tenths, long rtt) {
        for (int i = 0; i < tenths; i++) {
            now += SECOND / 10;
            answers(1, rtt);
            flow.update(now);
        }
    }

    // Wherever a period ends: also if the queue has filled the whole of one.
    @Test
    void aQueueIsKnownByTheShortestWayFromBeforeIt() {
        for (int tenths = 100; tenths < 200; tenths++) {
            begin();
            pass(tenths, 10 * MILLI);
            pass(150, 300 * MILLI);
            assertThat(grows(300 * MILLI)).as("after %d tenths", tenths).isFalse();
        }
    }

    @Test
    void aQueueThatCameToItsEndDoesNotCountForTheNextOne() {
        begin();
        pass(200, 10 * MILLI);
        pass(350, 300 * MILLI);
        assertThat(grows(300 * MILLI)).isFalse();
        pass(250, 10 * MILLI);
        pass(450, 300 * MILLI);
        assertThat(grows(300 * MILLI)).isFalse();
        pass(160, 300 * MILLI);
        assertThat(grows(300 * MILLI)).as("a minute is long enough").isTrue();
    }

    @Test
    void aWindowThatIsNotTheLimitIsNoExcuseForLosses() {
        begin();
        now += SECOND;
        for (int i = 0; i < 6; i++) {
            answersInQuarters();
            for (int j = 0; j < 50; j++) {
                answers(1, 0);
                flow.onSend(100, 50, now);
                flow.onLost(100, 50, now, now);
            }
            flow.update(now);
        }
        assertThat(flow.congestionWindow()).as("far more than is sent").isGreaterThan(10_000);
        assertThat(flow.isDisconnect(1)).isTrue();
    }
}
