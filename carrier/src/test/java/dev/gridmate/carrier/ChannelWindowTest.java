package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How far a channel's numbers may run ahead of what the peer has acknowledged: 8,192, and when it
 * goes on.
 */
@Timeout(60)
class ChannelWindowTest {

    private static final int WINDOW = 8_192;

    private final PlainFlow flow = new PlainFlow();
    private final OneSided one =
            OneSided.connected(settings -> settings.trafficControl(flow).enableDisconnectDetection(false));

    /** Sends so many messages, a hundred in each datagram. */
    private void sendUnreliable(int count, int channel) {
        for (int i = 0; i < count; i++) {
            one.send("u", DataReliability.SEND_UNRELIABLE, channel);
            if (i % 100 == 99) {
                one.pass(1);
            }
        }
        one.pass(2);
    }

    private long left(int channel) {
        return one.users().stream().filter(each -> each.channel() == channel).count();
    }

    private void acknowledgeAll() {
        List<Heard> users = one.users();
        one.raw.acknowledge(users.get(0).datagram(), users.get(users.size() - 1).datagram());
        one.pass(2);
    }

    @Test
    void aChannelWithThatManyOnTheirWayWaitsAndTheOthersDoNot() {
        sendUnreliable(WINDOW + 10, 0);
        assertThat(left(0)).isEqualTo(WINDOW);
        sendUnreliable(10, 1);
        assertThat(left(1)).isEqualTo(10);

        acknowledgeAll();
        assertThat(left(0)).isEqualTo(WINDOW + 10);
        sendUnreliable(WINDOW, 0);
        assertThat(left(0))
                .as("as many again, less those that were not acknowledged")
                .isEqualTo(WINDOW * 2L);
        one.close();
    }

    @Test
    void aChannelWhoseMessagesAreAllLostAsksOnOneByOneAndOpensWhenOneIsAcknowledged() {
        sendUnreliable(100, 0);
        acknowledgeAll();
        one.heard.clear();
        sendUnreliable(WINDOW + 2_000, 0);
        assertThat(left(0)).isEqualTo(WINDOW);
        flow.patience = Duration.ofMillis(10);
        one.pass(200);
        assertThat(one.count(CarrierCounter.MESSAGES_LOST)).isGreaterThanOrEqualTo(WINDOW);
        long asking = left(0);
        assertThat(asking).as("it goes on, one message at a time").isBetween(WINDOW + 2L, WINDOW + 30L);

        flow.patience = Duration.ofDays(1);
        one.pass(200);
        int last = one.users().get(one.users().size() - 1).datagram();
        one.raw.acknowledge(last);
        one.pass(30);
        assertThat(left(0)).isEqualTo(WINDOW + 2_000);
        one.close();
    }

    @Test
    void aReliableMessageThatIsMissingHoldsItsChannelBackHoweverManyBehindItAreAcknowledged() {
        one.send("missing");
        one.pass(1);
        int missing = one.datagramOf("missing");
        sendUnreliable(WINDOW / 2, 0);
        acknowledgeBehind(missing);
        sendUnreliable(WINDOW, 0);
        assertThat(left(0)).as("the missing one among them").isEqualTo(WINDOW);
        acknowledgeBehind(missing);
        assertThat(left(0)).isEqualTo(WINDOW);

        one.raw.acknowledge(missing);
        one.pass(2);
        assertThat(left(0)).isEqualTo(WINDOW + WINDOW / 2 + 1);
        one.close();
    }

    // A denial of the missing one would bring it back; so this acknowledges all that came behind it
    // only twice.
    private void acknowledgeBehind(int missing) {
        List<Heard> users = one.users();
        one.raw.acknowledge(missing + 1, users.get(users.size() - 1).datagram());
        one.pass(2);
    }

    @Test
    void anAcknowledgementThatComesLateDoesNotPutTheWindowBack() {
        sendUnreliable(100, 0);
        int early = one.users().get(0).datagram();
        sendUnreliable(WINDOW - 200, 0);
        int last = one.users().get(one.users().size() - 1).datagram();
        one.raw.acknowledge(last);
        one.pass(1);
        one.raw.acknowledge(early, early);
        one.pass(1);
        sendUnreliable(WINDOW - 200, 0);
        assertThat(left(0)).isEqualTo(100 + 2 * (WINDOW - 200));
        one.close();
    }
}
