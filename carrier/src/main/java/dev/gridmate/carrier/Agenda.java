package dev.gridmate.carrier;

import dev.gridmate.internal.DeadlineHeap;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which connections have something to do. The others wait in a heap for their time, and cost
 * nothing until it comes.
 *
 * <p>A turn has two halves. First everything on the list is updated ({@link #nextToUpdate}), then
 * everything is sent to ({@link #nextToSend}), including what was called in between. Each entry
 * that was sent to says when its next turn is: {@link #later}, or {@link #again} if the driver has
 * no room for it.
 *
 * <p><b>Fairness.</b> A driver may have room for one datagram in each turn. So whoever got nothing
 * in this turn is first in the next one, then come those that got something, then those that are
 * new. With n entries on the list, nobody waits longer than n turns.
 *
 * @param <T> what is on the list
 */
final class Agenda<T extends Agenda.Entry> {

    /** What the agenda keeps in each of its things. */
    abstract static class Entry extends DeadlineHeap.Entry {
        private @Nullable Runnable wakeUp;
        private boolean isListed;
        private boolean isDropped;

        /** Asks for a turn: in this update if it has not sent yet, otherwise in the next one. */
        final void wake() {
            if (wakeUp != null && !isListed) {
                wakeUp.run();
            }
        }
    }

    private final DeadlineHeap<T> waiting = new DeadlineHeap<>();
    private final Deque<T> toUpdate = new ArrayDeque<>();
    private final Deque<T> toSend = new ArrayDeque<>();
    private final Deque<T> gotNothing = new ArrayDeque<>();
    private boolean isCalled;

    /** How many entries were looked at so far. */
    long looks;

    /** Takes an entry in. Its first turn is the next one. */
    void add(T entry) {
        Entry added = entry;
        added.wakeUp = () -> list(entry);
        list(entry);
    }

    private void list(T entry) {
        Entry listed = entry;
        if (!listed.isListed && !listed.isDropped) {
            listed.isListed = true;
            isCalled = true;
            toUpdate.add(entry);
        }
    }

    /** Lets an entry go, whatever it waits for. */
    void drop(T entry) {
        Entry dropped = entry;
        dropped.isDropped = true;
        waiting.remove(entry);
    }

    /** Begins a turn: everything whose time has come is on the list. */
    void begin(long now) {
        for (T due = waiting.poll(now); due != null; due = waiting.poll(now)) {
            list(due);
        }
    }

    /** {@return the next entry to update; null at the end} */
    @Nullable
    T nextToUpdate() {
        T next = poll(toUpdate);
        if (next != null) {
            toSend.add(next);
        }
        return next;
    }

    /** Begins the second half of a turn. */
    void beginSending() {
        isCalled = false;
        for (T called = toUpdate.poll(); called != null; called = toUpdate.poll()) {
            toSend.add(called);
        }
    }

    /**
     * {@return the next entry to send to; null at the end} {@link #later} or {@link #again}
     * follows.
     */
    @Nullable
    T nextToSend() {
        T next = poll(toSend);
        if (next == null) {
            for (T starved = gotNothing.pollLast(); starved != null; starved = gotNothing.pollLast()) {
                toUpdate.addFirst(starved);
            }
        } else {
            ((Entry) next).isListed = false;
        }
        return next;
    }

    private @Nullable T poll(Deque<T> list) {
        T next = list.poll();
        while (next != null && ((Entry) next).isDropped) {
            next = list.poll();
        }
        looks += next == null ? 0 : 1;
        return next;
    }

    /** The entry has nothing more to do until then, unless somebody wakes it. */
    void later(T entry, long time) {
        waiting.remove(entry);
        waiting.atMost(entry, time);
    }

    /**
     * The entry has more to send than the driver has room for: its turn comes again in the next
     * update.
     *
     * @param gotSomething true if something was sent in this turn
     * @param time when the next update is at the latest
     */
    void again(T entry, boolean gotSomething, long time) {
        later(entry, time);
        Entry blocked = entry;
        if (!blocked.isListed && !blocked.isDropped) {
            blocked.isListed = true;
            (gotSomething ? toUpdate : gotNothing).add(entry);
        }
    }

    /** {@return when the next turn has to be, apart from what the driver has no room for} */
    long nextTurn(long now) {
        return isCalled ? now : waiting.earliest();
    }
}
