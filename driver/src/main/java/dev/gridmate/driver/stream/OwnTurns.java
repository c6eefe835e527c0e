package dev.gridmate.driver.stream;

import org.jspecify.annotations.Nullable;

/**
 * The turns of one connection: it asks for them here, and need not be known to those that ask in
 * its name.
 *
 * @param <T> the connections
 */
final class OwnTurns<T extends TurnQueue.Entry> {

    private final Turns<T> turns;
    private final T self;

    private @Nullable Newcomers<T> newcomers;
    private Newcomers.@Nullable Place<T> place;

    OwnTurns(Turns<T> turns, T self) {
        this.turns = turns;
        this.self = self;
    }

    /** It is to be looked at, although its endpoint may not be ready. */
    void lookAt() {
        turns.unasked.add(self);
    }

    /** It was ready, and there is no time for it in this update. */
    void comeLate() {
        turns.late.add(self);
    }

    void deliver() {
        turns.deliverable.add(self);
    }

    void write() {
        turns.dirty.add(self);
    }

    void settle() {
        turns.ending.add(self);
    }

    void tell() {
        turns.news.add(self);
    }

    void deadline(long at) {
        turns.deadlines.atMost(self, at);
    }

    /** Its handshake takes a place of those of its network. */
    void joinHandshakes(long network) {
        join(turns.handshakes, network);
    }

    /** It takes a place of those of its network that have sent no packet. */
    void joinSilent(long network) {
        join(turns.silent, network);
    }

    private void join(Newcomers<T> joined, long network) {
        newcomers = joined;
        place = joined.add(network, self);
    }

    /** It has proved something, or is over: it gives its place back, if it has one. */
    void leaveNewcomers() {
        Newcomers<T> left = newcomers;
        Newcomers.Place<T> present = place;
        newcomers = null;
        place = null;
        if (left != null && present != null) {
            left.remove(present);
        }
    }

    /** It is over, and needs no turn but the one in which that is told. */
    void leave() {
        leaveNewcomers();
        turns.deliverable.remove(self);
        turns.deadlines.remove(self);
    }
}
