package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whose turn it is, and when. */
class AgendaTest {

    private static final class Thing extends Agenda.Entry {}

    private final Agenda<Thing> agenda = new Agenda<>();
    private final Thing thing = new Thing();

    /** Gives the thing its turn in both halves, after which it waits until a time. */
    private void turn(long now, long until) {
        agenda.begin(now);
        assertThat(agenda.nextToUpdate()).isSameAs(thing);
        assertThat(agenda.nextToUpdate()).isNull();
        agenda.beginSending();
        assertThat(agenda.nextToSend()).isSameAs(thing);
        agenda.later(thing, until);
        assertThat(agenda.nextToSend()).isNull();
    }

    @Test
    void theLastPlanCountsAlsoWhenItIsALaterTime() {
        agenda.add(thing);
        turn(0, 10);
        assertThat(agenda.nextTurn(0)).isEqualTo(10);
        thing.wake();
        turn(5, 50);
        assertThat(agenda.nextTurn(5)).isEqualTo(50);
        agenda.begin(49);
        assertThat(agenda.nextToUpdate()).isNull();
        turn(50, 60);
        assertThat(agenda.looks).isEqualTo(6);
    }

    @Test
    void oneThatHasBeenDroppedHasNoTurnHoweverItWasListed() {
        agenda.add(thing);
        turn(0, 10);
        thing.wake();
        agenda.drop(thing);
        thing.wake();
        agenda.begin(20);
        assertThat(agenda.nextToUpdate()).isNull();
        agenda.beginSending();
        assertThat(agenda.nextToSend()).isNull();
        assertThat(agenda.nextTurn(20)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void oneThatIsWokenBetweenTheHalvesSendsInTheSameTurn() {
        agenda.add(thing);
        turn(0, 10);
        agenda.begin(1);
        assertThat(agenda.nextToUpdate()).isNull();
        thing.wake();
        assertThat(agenda.nextTurn(1)).isEqualTo(1);
        agenda.beginSending();
        assertThat(agenda.nextToSend()).isSameAs(thing);
        agenda.again(thing, true, 30);
        assertThat(agenda.nextTurn(1)).isEqualTo(30);
    }

    @Test
    void oneThatTheDriverHadNoRoomForHasOneTurnAlsoIfItIsWoken() {
        agenda.add(thing);
        turn(0, 10);
        for (int i = 0; i < 4; i++) {
            thing.wake();
            agenda.begin(1);
            assertThat(agenda.nextToUpdate()).isSameAs(thing);
            agenda.beginSending();
            assertThat(agenda.nextToSend()).isSameAs(thing);
            agenda.again(thing, i % 2 == 0, 30);
            assertThat(agenda.nextToSend()).isNull();
            thing.wake();
            agenda.begin(1);
            assertThat(agenda.nextToUpdate()).isSameAs(thing);
            assertThat(agenda.nextToUpdate()).isNull();
            agenda.beginSending();
            assertThat(agenda.nextToSend()).isSameAs(thing);
            agenda.later(thing, 30);
            assertThat(agenda.nextToSend()).isNull();
        }
    }

    @Test
    void oneThatWaitsForItsTimeAndIsDroppedIsWaitedForNoLonger() {
        agenda.add(thing);
        turn(0, 10);
        agenda.drop(thing);
        assertThat(agenda.nextTurn(0)).isEqualTo(Long.MAX_VALUE);
    }
}
