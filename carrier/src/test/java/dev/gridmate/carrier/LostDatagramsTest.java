package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a datagram that nobody acknowledges, and of the one after it. */
@Timeout(60)
class LostDatagramsTest {

    @Test
    void whatNobodyAcknowledgesLeavesAgainAfterASecondAndAgainAfterTheNext() {
        try (OneSided one = OneSided.connected()) {
            one.send("hello");
            one.passWithSignsOfLife(3_500);

            List<Long> times = one.timesOf("hello");
            assertThat(times).hasSize(4);
            for (int i = 1; i < 4; i++) {
                assertThat(times.get(i) - times.get(i - 1)).isEqualTo(1_000);
            }
            assertThat(one.users()).extracting(Heard::seq).containsOnly(0);
            assertThat(one.users()).extracting(Heard::datagram).doesNotHaveDuplicates();
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isEqualTo(3);
        }
    }

    @Test
    void whatIsAcknowledgedInTimeDoesNotLeaveAgain() {
        try (OneSided one = OneSided.connected()) {
            one.send("hello");
            one.pass(1);
            one.pass(990);
            one.raw.acknowledge(one.datagramOf("hello"));
            one.passWithSignsOfLife(3_000);
            assertThat(one.timesOf("hello")).hasSize(1);
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isZero();
        }
    }

    @Test
    void oneDenialBringsTheNextTryForwardByAThirdAndTwoByTwo() {
        for (int denials : new int[] {1, 2}) {
            try (OneSided one = OneSided.connected()) {
                one.send("early");
                one.pass(1);
                one.send("late");
                one.pass(10);
                one.raw.acknowledge(one.datagramOf("late"));
                one.pass(10);
                if (denials > 1) {
                    one.raw.acknowledge(one.datagramOf("late"));
                }
                one.passWithSignsOfLife(900);

                List<Long> times = one.timesOf("early");
                assertThat(times).hasSize(2);
                assertThat(times.get(1) - times.get(0))
                        .as("after %d denials", denials)
                        .isBetween(1_000L * (3 - denials) / 3, 1_000L * (3 - denials) / 3 + 2);
            }
        }
    }

    @Test
    void threeDenialsAreEnoughAndTheNextTryIsDeniedByNobody() {
        try (OneSided one = OneSided.connected()) {
            one.send("early");
            one.pass(1);
            one.send("late");
            one.pass(10);
            for (int i = 0; i < 3; i++) {
                one.raw.acknowledge(one.datagramOf("late"));
                one.pass(1);
            }
            one.pass(2);
            assertThat(one.timesOf("early")).as("at once").hasSize(2);

            one.passWithSignsOfLife(990);
            assertThat(one.timesOf("early")).hasSize(2);
            one.passWithSignsOfLife(20);
            assertThat(one.timesOf("early")).as("and a second later once more").hasSize(3);
        }
    }

    @Test
    void denialsOfOneDatagramAreNotThoseOfALaterOneInItsPlace() {
        try (OneSided one = OneSided.connected()) {
            String before = null;
            for (int i = 0; i < 200; i++) { // each is denied once by the next one's acknowledgement
                String text = "message " + i;
                one.send(text);
                one.pass(2);
                one.raw.acknowledge(one.datagramOf(text));
                one.pass(2);
                if (before != null) {
                    one.raw.acknowledge(one.datagramOf(before));
                }
                one.pass(i % 3);
                before = i % 2 == 0 ? text : null;
                if (before != null) {
                    one.send("between " + i);
                    one.pass(2);
                    one.raw.acknowledge(one.datagramOf("between " + i));
                    one.pass(1);
                }
            }
            one.pass(100);
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isZero();
        }
    }

    @Test
    void twoDenialsOfOneDatagramAndOneOfALaterOneInItsPlaceAreNotThree() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            for (int i = 0; i < 100; i++) {
                one.send("first " + i);
                one.pass(1);
                one.send("second " + i);
                one.pass(1);
                flow.told.clear();
                for (int denial = 0; denial < 2; denial++) {
                    one.raw.acknowledge(one.datagramOf("second " + i));
                    one.pass(1);
                }
                assertThat(flow.told).contains("denied");
                one.raw.acknowledge(one.datagramOf("first " + i));
                one.pass(1);
            }
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isZero();
        }
    }

    @Test
    void anUnreliableMessageThatIsLostIsWaitedForByNobody() {
        try (OneSided one = OneSided.connected()) {
            one.sendUnreliable("gone");
            one.passWithSignsOfLife(990);
            assertThat(one.count(CarrierCounter.MESSAGES_LOST)).isZero();
            one.passWithSignsOfLife(20);
            assertThat(one.count(CarrierCounter.MESSAGES_LOST)).isOne();
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isZero();

            one.passWithSignsOfLife(30_000);
            assertThat(one.side.events).as("idle, and alive").isEmpty();
            one.side.carrier.disconnect(one.id(), Duration.ofSeconds(30));
            one.pass(3);
            assertThat(one.of(SystemMessage.DISCONNECT))
                    .as("nothing keeps the end waiting")
                    .isNotEmpty();
        }
    }

    @Test
    void whoIsHeardAndAcknowledgesNothingIsGivenUpAfterTheTimeoutCountedFromTheFirstMessage() {
        try (OneSided one = OneSided.connected()) {
            one.passWithSignsOfLife(10_000); // nothing is to be acknowledged
            one.send("one");
            one.passWithSignsOfLife(3_000);
            one.send("two");
            one.passWithSignsOfLife(1_990);
            assertThat(one.side.events).isEmpty();
            one.passWithSignsOfLife(20);
            assertThat(one.side.events).containsExactly("disconnected BAD_CONNECTION");
        }
    }

    @Test
    void anAcknowledgementOfMessagesBeginsTheTimeoutAgainAndOneOfNothingDoesNot() {
        try (OneSided one = OneSided.connected()) {
            one.send("one");
            one.pass(1);
            int first = one.datagramOf("one");
            one.send("two");
            one.pass(1);
            one.passWithSignsOfLife(900);
            one.raw.acknowledge(first);
            one.passWithSignsOfLife(4_900);
            assertThat(one.side.events).as("2 is waited for from then on").isEmpty();
            one.passWithSignsOfLife(200);
            assertThat(one.side.events).containsExactly("disconnected BAD_CONNECTION");
        }
        try (OneSided one = OneSided.connected()) {
            one.send("acknowledged");
            one.pass(1);
            one.raw.acknowledge(one.datagramOf("acknowledged"));
            one.pass(1);
            one.send("one");
            one.pass(1);
            for (int i = 0; i < 49; i++) {
                int datagram = one.lastDatagram();
                one.pass(100);
                boolean isData = one.users().stream().anyMatch(each -> each.datagram() == datagram);
                if (!isData) {
                    one.raw.acknowledge(datagram);
                }
            }
            one.passWithSignsOfLife(200);
            assertThat(one.side.events)
                    .as("signs of life are acknowledged, and messages are not")
                    .containsExactly("disconnected BAD_CONNECTION");
        }
    }

    @Test
    void atMost256DatagramsWithMessagesAreOnTheirWayAndAPlaceIsGivenBack() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            for (int i = 0; i < 300; i++) {
                one.send("message " + i);
                one.pass(1);
            }
            assertThat(one.users()).hasSize(256);
            one.raw.acknowledge(one.datagramOf("message 0"));
            one.pass(2);
            assertThat(one.texts()).hasSize(256 + 44).as("the rest fits one").endsWith("message 299");
            for (int i = 0; i < 5; i++) {
                one.send("more " + i);
                one.pass(1);
            }
            assertThat(one.users()).hasSize(300);
            int last = one.datagramOf("message 255");
            one.raw.acknowledge(one.datagramOf("message 1"), last);
            one.pass(2);
            assertThat(one.texts()).endsWith("more 0", "more 1", "more 2", "more 3", "more 4");
        }
    }

    @Test
    void aTableThatGrowsKeepsWhatItKnew() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            one.send("denied");
            one.pass(1);
            one.send("acknowledged");
            one.pass(1);
            one.raw.acknowledge(one.datagramOf("acknowledged"));
            one.pass(1);
            one.raw.acknowledge(one.datagramOf("acknowledged"));
            one.pass(1);
            for (int i = 0; i < 100; i++) {
                one.send("message " + i);
                one.pass(1);
            }
            assertThat(one.timesOf("denied")).hasSize(1);
            flow.told.clear();
            one.raw.acknowledge(one.datagramOf("message 99"));
            one.pass(2);
            assertThat(one.timesOf("denied")).as("the third denial").hasSize(2);
            assertThat(one.timesOf("message 0")).hasSize(1);
            assertThat(flow.told).contains("acknowledged 19 with 10 promptly");
            flow.told.clear();
            one.raw.acknowledge(one.datagramOf("message 0"), one.datagramOf("message 98"));
            one.pass(1);
            assertThat(flow.told.stream().filter(each -> each.matches("acknowledged .* with (9|10) promptly")))
                    .hasSize(99);
            assertThat(one.count(CarrierCounter.MESSAGES_RESENT)).isOne();
        }
    }

    @Test
    void whoAcknowledgesNothingAtAllIsRememberedAThousandDatagramsLong() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one =
                OneSided.connected(settings -> settings.trafficControl(flow).enableDisconnectDetection(false))) {
            long before = one.count(CarrierCounter.DATAGRAMS_OUT);
            for (int i = 0; i < 1_200; i++) {
                one.raw.say(false, 0, i, 65_535, "x");
                one.pass(16); // each is acknowledged by itself
            }
            long sent = one.count(CarrierCounter.DATAGRAMS_OUT) - before;
            assertThat(sent).isBetween(1_150L, 1_250L);
            // Those before are two: the answer was acknowledged, and a sign of life or two was not.
            assertThat(one.count(CarrierCounter.DATAGRAMS_LOST)).isBetween(sent - 1_024, sent - 1_024 + 6);
            assertThat(one.side.received).hasSize(1_200);
        }
    }

    @Test
    void whatWasLostLeavesBeforeWhatIsNew() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.patience = Duration.ofMillis(300);
            one.send("old");
            one.pass(300);
            one.send("new");
            one.pass(2);
            assertThat(one.texts()).containsExactly("old", "old", "new");
            assertThat(flow.told).contains("again 3");
        }
    }

    @Test
    void whatWaitsToLeaveAgainIsAmongThatWhichWaits() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.patience = Duration.ofMillis(300);
            one.send("old");
            one.pass(200);
            flow.window = 0;
            one.send("new");
            one.pass(150);
            assertThat(one.side.carrier.queryFlowInformation(one.id()).numToSendMessages())
                    .isEqualTo(2);
            flow.window = 1_000;
            one.pass(100);
            assertThat(one.side.carrier.queryFlowInformation(one.id()).numToSendMessages())
                    .isZero();
        }
    }
}
