package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shared time, told by a peer that says what the test wants. */
@Timeout(60)
class ClockStoriesTest {

    private static void tell(OneSided one, int time, int seq) {
        one.raw.systemSeq = seq;
        byte[] bytes = ByteBuffer.allocate(4).putInt(time).array();
        one.raw.begin();
        one.raw.putSystem(false, bytes[0], bytes[1], bytes[2], bytes[3], SystemMessage.CLOCK_SYNC);
        one.raw.send();
        one.pass(1);
    }

    @Test
    void theTimeIsTheOthersAndHalfARoundTrip() {
        PlainFlow flow = new PlainFlow();
        try (OneSided one = OneSided.connected(settings -> settings.trafficControl(flow))) {
            flow.rtt = 60 * CarrierTime.MILLISECOND;
            tell(one, 100_000, 10);
            assertThat(one.side.carrier.time()).isEqualTo(100_030);
            tell(one, 200_000, 11);
            assertThat(one.side.carrier.time()).isEqualTo(200_030);
        }
    }

    @Test
    void anOldWordOfTheClockIsNotHeardAndAfterAMinuteAnyIs() {
        try (OneSided one = OneSided.connected()) {
            tell(one, 100_000, 100);
            tell(one, 150_000, 99);
            assertThat(one.side.carrier.time()).isLessThan(101_000);
            tell(one, 160_000, 100);
            assertThat(one.side.carrier.time()).as("the same again").isLessThan(101_000);
            tell(one, 170_000, 101);
            assertThat(one.side.carrier.time()).isBetween(170_000L, 170_100L);
            one.passWithSignsOfLife(59_000);
            tell(one, 400_000, 50);
            assertThat(one.side.carrier.time()).isLessThan(235_000);
            one.passWithSignsOfLife(1_100);
            tell(one, 500_000, 50);
            assertThat(one.side.carrier.time()).isBetween(500_000L, 500_100L);
            tell(one, 600_000, 49);
            assertThat(one.side.carrier.time()).isBetween(500_000L, 500_100L);
        }
    }

    @Test
    void aWordOfTheClockThatIsTooLongOrTooShortIsNone() {
        try (OneSided one = OneSided.connected()) {
            one.raw.systemSeq = 500;
            one.raw.begin();
            one.raw.putSystem(false, 1, 0, 0, SystemMessage.CLOCK_SYNC);
            one.raw.putSystem(false, 1, 0, 0, 0, 0, SystemMessage.CLOCK_SYNC);
            one.raw.send();
            one.pass(1);
            assertThat(one.side.carrier.time()).isLessThan(1_000);
        }
    }

    @Test
    void theTimeIsSaidAtOnceToWhoComesAndAgainEachInterval() {
        try (OneSided one = new OneSided(settings -> settings)) {
            one.side.carrier.startClockSync(300, false);
            one.pass(100);
            one.connect();
            one.pass(1);
            assertThat(one.of(SystemMessage.CLOCK_SYNC)).as("to who comes").hasSize(1);
            assertThat(timeIn(one.of(SystemMessage.CLOCK_SYNC).get(0))).isEqualTo(102);
            one.heard.clear();
            one.passWithSignsOfLife(1_000);
            assertThat(one.of(SystemMessage.CLOCK_SYNC)).extracting(Heard::at).containsExactly(301L, 601L, 901L);
            for (Heard each : one.of(SystemMessage.CLOCK_SYNC)) {
                assertThat((long) timeIn(each)).isEqualTo(each.at());
            }
        }
    }

    private static int timeIn(Heard said) {
        return ByteBuffer.wrap(said.payload()).getInt();
    }

    @Test
    void aClockThatIsStartedAgainSaysSoAtOnceWithItsNewInterval() {
        try (OneSided one = OneSided.connected()) {
            one.side.carrier.startClockSync(1_000, false);
            one.passWithSignsOfLife(10);
            one.heard.clear();
            one.side.carrier.startClockSync(100, false);
            one.passWithSignsOfLife(350);
            assertThat(one.of(SystemMessage.CLOCK_SYNC)).hasSize(4);
            one.side.carrier.stopClockSync();
            one.heard.clear();
            one.passWithSignsOfLife(350);
            assertThat(one.of(SystemMessage.CLOCK_SYNC)).isEmpty();
        }
    }

    @Test
    void aResetBeginsAtZeroAlsoTheSecondTimeAndWithoutOneTimeGoesOn() {
        try (OneSided one = OneSided.connected()) {
            one.passWithSignsOfLife(5_000);
            for (int i = 0; i < 2; i++) {
                one.side.carrier.startClockSync(1_000, true);
                assertThat(one.side.carrier.time()).isZero();
                one.passWithSignsOfLife(300);
                assertThat(one.side.carrier.time()).isEqualTo(300);
            }
            one.side.carrier.startClockSync(1_000, false);
            assertThat(one.side.carrier.time()).isEqualTo(300);
        }
    }

    @Test
    void whoFollowedGoesOnFromThereWhenItRunsTheClockItself() {
        try (OneSided one = OneSided.connected()) {
            tell(one, 1_000_000, 10);
            one.side.carrier.startClockSync(1_000, false);
            tell(one, 5_000_000, 11);
            assertThat(one.count(CarrierCounter.CLOCK_SYNCS_IGNORED)).isOne();
            assertThat(one.side.carrier.time()).isBetween(1_000_000L, 1_000_010L);
            one.side.carrier.stopClockSync();
            tell(one, 6_000_000, 12);
            assertThat(one.count(CarrierCounter.CLOCK_SYNCS_IGNORED)).isOne();
            assertThat(one.side.carrier.time()).isBetween(6_000_000L, 6_000_010L);
        }
    }

    @Test
    void whoDoesNotStandIsNotFollowed() {
        try (OneSided one = new OneSided(settings -> settings)) {
            one.side.carrier.connect("10.0.0.66", OneSided.RAW_PORT);
            one.pass(2);
            one.raw.begin();
            one.raw.putSystem(true, 1, 0, 0, 0, SystemMessage.CLOCK_SYNC);
            one.raw.putSystem(true, 0, 0, 0, 1, SystemMessage.CONNECT_REQUEST);
            one.raw.send();
            one.pass(2);
            assertThat(one.side.carrier.time()).isLessThan(1_000);
        }
    }
}
