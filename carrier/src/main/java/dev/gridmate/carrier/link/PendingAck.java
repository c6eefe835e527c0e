package dev.gridmate.carrier.link;

import dev.gridmate.carrier.AckCallback;
import java.util.Deque;

/** A callback that waits until all chunks of its message are acknowledged, or one is lost. */
final class PendingAck {

    private final AckCallback callback;
    private final Deque<Runnable> outcomes;
    private int outstanding;
    private boolean isDecided;

    PendingAck(AckCallback callback, int chunks, Deque<Runnable> outcomes) {
        this.callback = callback;
        this.outstanding = chunks;
        this.outcomes = outcomes;
    }

    void onAcknowledged() {
        outstanding--;
        if (outstanding == 0 && !isDecided) {
            isDecided = true;
            outcomes.add(callback::onAck);
        }
    }

    void onLost() {
        if (!isDecided) {
            isDecided = true;
            outcomes.add(callback::onLost);
        }
    }
}
