package dev.gridmate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventBusTest {

    interface Listener {
        void hear(String word);
    }

    private final List<String> heard = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final GridMate gridMate = new GridMate((handler, error) -> errors.add(error));
    private final EventBus<Listener> bus = gridMate.eventBus(Listener.class);

    private void say(String word) {
        bus.dispatch(listener -> listener.hear(word));
    }

    @Test
    void handlersHearAnEventInTheOrderInWhichTheyConnected() {
        bus.connect(word -> heard.add("first " + word));
        bus.connect(word -> heard.add("second " + word));
        say("a");
        assertThat(heard).containsExactly("first a", "second a");
    }

    @Test
    void aHandlerConnectedDuringAnEventHearsTheNextOne() {
        bus.connect(word -> {
            if (word.equals("a")) {
                bus.connect(later -> heard.add("new " + later));
            }
        });
        say("a");
        assertThat(heard).isEmpty();
        say("b");
        assertThat(heard).containsExactly("new b");
    }

    @Test
    void aHandlerDisconnectedDuringAnEventHearsNothingMoreOfIt() {
        Subscription[] second = new Subscription[1];
        bus.connect(word -> second[0].close());
        second[0] = bus.connect(word -> heard.add("second " + word));
        say("a");
        assertThat(heard).isEmpty();
        assertThat(bus.handlerCount()).isEqualTo(1);
    }

    @Test
    void aHandlerMayDisconnectItself() {
        Subscription[] own = new Subscription[1];
        own[0] = bus.connect(word -> {
            heard.add(word);
            own[0].close();
        });
        say("a");
        say("b");
        assertThat(heard).containsExactly("a");
    }

    @Test
    void aHandlerThatThrowsDoesNotKeepTheEventFromTheOthers() {
        bus.connect(word -> {
            throw new AssertionError("first");
        });
        bus.connect(heard::add);
        say("a");
        assertThat(heard).containsExactly("a");
        assertThat(errors).hasSize(1).first().isInstanceOf(AssertionError.class);
    }

    @Test
    void anEventFromInsideAnEventIsHeardByAll() {
        bus.connect(word -> {
            heard.add("first " + word);
            if (word.equals("a")) {
                say("b");
            }
        });
        bus.connect(word -> heard.add("second " + word));
        say("a");
        assertThat(heard).containsExactly("first a", "first b", "second b", "second a");
    }

    @Test
    void theSameHandlerCannotConnectTwice() {
        Listener listener = heard::add;
        Subscription subscription = bus.connect(listener);
        assertThatThrownBy(() -> bus.connect(listener))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already connected");
        subscription.close();
        subscription.close();
        bus.connect(listener);
        say("a");
        assertThat(heard).containsExactly("a");
    }

    @Test
    void instancesDoNotHearEachOther() {
        try (GridMate other = new GridMate()) {
            other.eventBus(Listener.class).connect(heard::add);
            say("a");
            assertThat(heard).isEmpty();
            assertThat(gridMate.eventBus(Listener.class)).isSameAs(bus);
        }
    }

    @Test
    void closingTheInstanceClosesItsResourcesYoungestFirst() {
        bus.connect(heard::add);
        gridMate.attach(() -> say("older"));
        gridMate.attach(() -> say("younger"));
        gridMate.attach(() -> say("detached")).close();
        gridMate.close();
        gridMate.close();
        assertThat(heard).containsExactly("younger", "older");
    }

    @Test
    void aResourceThatCannotBeClosedIsReportedAfterTheOthersAreClosed() {
        bus.connect(heard::add);
        gridMate.attach(() -> say("older"));
        gridMate.attach(() -> {
            throw new IllegalStateException("owned by another thread");
        });
        assertThatThrownBy(gridMate::close).hasRootCauseMessage("owned by another thread");
        assertThat(heard).containsExactly("older");
    }
}
