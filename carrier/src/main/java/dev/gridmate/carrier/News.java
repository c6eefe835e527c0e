package dev.gridmate.carrier;

import dev.gridmate.EventBus;
import dev.gridmate.internal.ErrorLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told when no list of connections is being walked, so that a handler may do
 * anything: events, and what became of messages.
 *
 * @param <C> what tells
 * @param <E> the interface of those that hear it
 */
final class News<C, E> {

    private final ErrorLog errors = new ErrorLog(System.getLogger(News.class.getName()));

    private final EventBus<E> bus;
    private final Deque<Consumer<E>> events = new ArrayDeque<>();
    private final Deque<Runnable> outcomes = new ArrayDeque<>();
    private @Nullable C teller;
    private int turn;

    News(EventBus<E> bus) {
        this.bus = bus;
    }

    /** Begins: from now on events name this as what tells them. */
    void begin(C tells) {
        teller = tells;
    }

    /** {@return what tells} */
    C teller() {
        return Objects.requireNonNull(teller, "begin was not called");
    }

    /** {@return true if anybody hears events} */
    boolean isHeard() {
        return bus.handlerCount() > 0;
    }

    void add(Consumer<E> event) {
        events.add(event);
    }

    /** Takes an event, and what is to be done just before it is told, also if nobody hears it. */
    void add(Runnable before, Consumer<E> event) {
        events.add(new Prepared<>(before, event));
    }

    private record Prepared<E>(Runnable before, Consumer<E> event) implements Consumer<E> {

        @Override
        public void accept(E handler) {
            event.accept(handler);
        }
    }

    /** Takes the calls of callbacks. */
    Deque<Runnable> outcomes() {
        return outcomes;
    }

    boolean isEmpty() {
        return events.isEmpty() && outcomes.isEmpty();
    }

    /**
     * {@return the number of this turn} What is told once in a turn can be told again when it
     * changes.
     */
    int turn() {
        return turn;
    }

    /**
     * Tells what there is. What an event leads to is told the next time: a handler that connects
     * again whenever a connect fails must not keep this from returning.
     *
     * @return how much was told
     */
    int tell() {
        int told = 0;
        for (int left = events.size(); left > 0; left--) {
            Consumer<E> event = events.poll();
            if (event != null) {
                if (event instanceof Prepared<E> prepared) {
                    prepared.before.run();
                }
                bus.dispatch(event);
                told++;
            }
        }
        turn++;
        for (int left = outcomes.size(); left > 0; left--) {
            Runnable outcome = outcomes.poll();
            if (outcome != null) {
                run(outcome);
                told++;
            }
        }
        return told;
    }

    private void run(Runnable outcome) {
        try {
            outcome.run();
        } catch (Throwable e) { // as for event handlers: an AssertionError in one must not starve the others
            errors.log("an ack callback threw", e);
        }
    }
}
