package dev.gridmate.carrier.link;

import dev.gridmate.carrier.AckCallback;
import java.util.Deque;

/** A callback that waits for all chunks of its message to be confirmed. */
final class PendingAck {

    private final AckCallback callback;
    private final Deque<Runnable> outcomes;
    private int outstanding;
    private boolean isOver;

    PendingAck(AckCallback callback, int chunks, Deque<Runnable> outcomes) {
        this.callback = callback;
        this.outstanding = chunks;
        this.outcomes = outcomes;
    }

    void onConfirmed() {
        outstanding--;
        if (outstanding == 0 && !isOver) {
            isOver = true;
            outcomes.add(callback::onAck);
        }
    }

    void onLost() {
        if (!isOver) {
            isOver = true;
            outcomes.add(callback::onLost);
        }
    }
}
