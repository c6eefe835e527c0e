package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * When a datagram leaves that has nothing to carry but acknowledgements, or a sign of life, and
 * when none does.
 */
@Timeout(60)
class AcknowledgingTest {

    private static final int NONE = 65_535;
    private int said;

    private void say(OneSided one, int count) {
        for (int i = 0; i < count; i++) {
            one.raw.say(false, 0, said++, NONE, "x");
        }
    }

    /** Waits until a sign of life has just left. */
    private static OneSided afterASignOfLife() {
        OneSided one = OneSided.connected();
        while (one.hear().isEmpty()) {
            one.pass(1);
        }
        one.raw.acknowledge(one.lastDatagram());
        one.heard.clear();
        return one;
    }

    @Test
    void whatCameInIsAcknowledgedFifteenMillisecondsAfterTheFirst() {
        try (OneSided one = afterASignOfLife()) {
            long first = one.now + 1;
            for (int i = 0; i < 10; i++) {
                say(one, 1);
                one.pass(1);
            }
            one.pass(4);
            assertThat(one.hear()).isEmpty();
            one.pass(3);
            assertThat(one.timesOfDatagrams()).containsExactly(first + 15);
        }
    }

    @Test
    void theNextIsAcknowledgedFifteenMillisecondsAfterItselfAndNothingElseLeavesBetween() {
        try (OneSided one = afterASignOfLife()) {
            say(one, 1);
            one.pass(16);
            one.hear().clear();
            one.pass(20);
            assertThat(one.hear()).as("nothing is to be acknowledged any more").isEmpty();
            long second = one.now + 1;
            say(one, 1);
            one.pass(40);
            assertThat(one.timesOfDatagrams()).containsExactly(second + 15);
        }
    }

    @Test
    void sixteenDatagramsAreAcknowledgedAtOnceAndSixteenMoreToo() {
        try (OneSided one = afterASignOfLife()) {
            for (int round = 0; round < 3; round++) {
                one.heard.clear();
                say(one, 15);
                one.pass(1);
                assertThat(one.hear()).as("fifteen wait").isEmpty();
                say(one, 1);
                one.pass(1);
                assertThat(one.of(SystemMessage.ACKS)).as("round %d", round).hasSize(1);
                one.pass(1);
                assertThat(one.of(SystemMessage.ACKS)).hasSize(1);
            }
        }
    }

    @Test
    void aSignOfLifeLeavesAHundredMillisecondsAfterWhateverLeftLast() {
        try (OneSided one = afterASignOfLife()) {
            one.pass(50);
            one.sendUnreliable("hello");
            one.pass(1);
            long sent = one.timesOf("hello").get(0);
            one.raw.acknowledge(one.datagramOf("hello"));
            one.pass(310);
            assertThat(one.timesOfDatagrams()).containsExactly(sent, sent + 100, sent + 200, sent + 300);
        }
    }

    @Test
    void acknowledgementsAloneAreNotAcknowledgedInAHurry() {
        try (OneSided one = afterASignOfLife()) {
            for (int i = 0; i < 40; i++) {
                one.raw.keepAlive();
                one.pass(1);
            }
            assertThat(one.hear()).isEmpty();
            one.pass(70);
            assertThat(one.of(SystemMessage.ACKS)).hasSize(1);
            assertThat(one.hear().get(0).payload().length)
                    .as("and then they are")
                    .isGreaterThan(2);
        }
    }

    @Test
    void eachDatagramIsAcknowledgedInThreeDatagramsAndNotInAFourth() {
        try (OneSided one = afterASignOfLife()) {
            one.pass(500); // those before have been said often enough
            one.hear().clear();
            int datagram = one.raw.sequence;
            say(one, 1);
            one.pass(450);
            List<Heard> acks = one.of(SystemMessage.ACKS);
            assertThat(acks).hasSize(5);
            for (int i = 0; i < 5; i++) {
                assertThat(names(acks.get(i).payload(), datagram))
                        .as("datagram %d of five", i)
                        .isEqualTo(i < 3);
            }
        }
    }

    /** Whether an acknowledgement is of a datagram, as its newest. */
    private static boolean names(byte[] payload, int datagram) {
        return payload.length > 2 && (((payload[1] & 0xff) << 8) | (payload[2] & 0xff)) == datagram;
    }

    @Test
    void acknowledgementsTravelWithMessagesAndThenNeedNoDatagramOfTheirOwn() {
        try (OneSided one = afterASignOfLife()) {
            say(one, 1);
            one.pass(1);
            one.sendUnreliable("hello");
            one.pass(50);
            assertThat(one.timesOfDatagrams()).hasSize(1);
            assertThat(one.hear()).extracting(Heard::systemId).containsExactly(SystemMessage.ACKS, -1);
        }
    }

    @Test
    void acknowledgementsStandInTheFirstDatagramOfAnUpdateAlone() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            for (int round = 0; round < 2; round++) {
                one.heard.clear();
                say(one, 1);
                for (int i = 0; i < 3; i++) {
                    one.send("x".repeat(1_200));
                }
                one.pass(1);
                assertThat(one.timesOfDatagrams()).hasSize(3);
                assertThat(one.of(SystemMessage.ACKS)).hasSize(1);
            }
        }
    }

    @Test
    void aSecondCopyIsAcknowledgedNoMoreThanTheFirst() {
        try (OneSided one = afterASignOfLife()) {
            say(one, 1);
            one.pass(20);
            one.hear().clear();
            for (int i = 0; i < 20; i++) {
                one.raw.send(); // the same again
            }
            one.pass(30);
            assertThat(one.hear()).isEmpty();
            assertThat(one.count(CarrierCounter.DATAGRAMS_DUPLICATED)).isEqualTo(20);
            assertThat(one.side.received).hasSize(1);
        }
    }

    @Test
    void theNumbersGoRoundAndEachIsTakenOnce() {
        try (OneSided one = afterASignOfLife()) {
            for (int i = 0; i < 70_000; i++) {
                say(one, 1);
                if (i % 50 == 0) {
                    one.pass(1);
                }
                one.raw.sequence &= 0xffff;
                said &= 0xffff;
            }
            one.pass(2);
            assertThat(one.side.received).hasSize(70_000);
            assertThat(one.count(CarrierCounter.DATAGRAMS_DUPLICATED)).isZero();
            assertThat(one.side.events).isEmpty();
        }
    }

    @Test
    void aNumberThatWasLeftOutIsNewOnceHoweverLateWithinTheBound() {
        for (int late : new int[] {1, 63, 64, 100, 127}) {
            try (OneSided one = afterASignOfLife()) {
                for (int round = 0; round < 3; round++) {
                    int before = one.side.received.size();
                    int missing = one.raw.sequence++;
                    say(one, late);
                    one.pass(1);
                    int next = one.raw.sequence;
                    one.raw.sequence = missing;
                    say(one, 1);
                    one.raw.sequence = missing;
                    say(one, 1);
                    one.raw.sequence = next;
                    one.pass(1);
                    assertThat(one.side.received).hasSize(before + late + 1);
                    assertThat(one.count(CarrierCounter.DATAGRAMS_DUPLICATED)).isEqualTo(round + 1);
                    said--; // nobody got that one
                }
                int next = one.raw.sequence;
                one.raw.sequence -= 129;
                say(one, 1);
                one.raw.sequence = next;
                one.pass(1);
                assertThat(one.side.events).endsWith("security error SEQUENCE_NUMBER_OUT_OF_BOUND");
                said--;
                one.raw.sequence += 250; // a leap forgets all before
                say(one, 1);
                one.pass(1);
                int newest = one.raw.sequence;
                one.raw.sequence -= 120;
                int before = one.side.received.size();
                say(one, 110);
                one.pass(1);
                assertThat(one.side.received).hasSize(before + 110);
                assertThat(newest).isGreaterThan(one.raw.sequence);
            }
        }
    }
}
