package dev.gridmate.carrier;

/**
 * Hears what became of one message. Exactly one of its methods is called, once, from {@code update}
 * or {@code close}.
 */
@FunctionalInterface
public interface AckCallback {

    /** The peer's carrier has the whole message. */
    void onAck();

    /**
     * The message was unreliable and is lost, or the connection ended before the peer acknowledged
     * it.
     */
    default void onLost() {}
}
