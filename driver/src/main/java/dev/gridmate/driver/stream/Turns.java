package dev.gridmate.driver.stream;

import dev.gridmate.internal.DeadlineHeap;

/**
 * Where the connections of one driver wait when they have something to do. An update serves these
 * queues, so that a connection with nothing to do costs nothing.
 *
 * @param <T> the connections
 */
final class Turns<T extends TurnQueue.Entry> {

    /** Has whole packets for the program. */
    final TurnQueue<T> deliverable = new TurnQueue<>(1);
    /** Has bytes for its endpoint. */
    final TurnQueue<T> dirty = new TurnQueue<>(2);
    /** Is ending, and may have come to its end. */
    final TurnQueue<T> ending = new TurnQueue<>(4);
    /**
     * Is to be looked at although its endpoint may not be ready: it is new, or it can take bytes
     * again.
     */
    final TurnQueue<T> unasked = new TurnQueue<>(8);
    /** Was ready, and its turn did not come since the update's budget was spent. */
    final TurnQueue<T> late = new TurnQueue<>(64);

    /** Has something to tell the program. */
    final TurnQueue<T> news = new TurnQueue<>(16);
    /** Was accepted, and its handshake goes on. */
    final Newcomers<T> handshakes = new Newcomers<>();

    /** Was accepted and announced, and no whole packet of it has arrived. */
    final Newcomers<T> silent = new Newcomers<>();

    final DeadlineHeap<T> deadlines = new DeadlineHeap<>();

    /** A connection that refused a packet has written since, and the program may not know. */
    boolean roomAgain;
}
