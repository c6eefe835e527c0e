package dev.gridmate.carrier.link;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of a datagram until its fate is known. A place in the table of {@link Flight}, used
 * again.
 */
final class SentDatagram {

    long sentAt;
    int size;

    /** Bytes of user messages. */
    int effectiveSize;

    /** How often it was the newest datagram in an acknowledgement, which denied those before it. */
    int denials;

    /**
     * It carried more than acknowledgements, so the peer acknowledges it without waiting for other
     * data.
     */
    boolean isPrompt;

    /** Neither acknowledged nor lost. */
    boolean isOut;

    /** Its user messages, linked by {@code nextInDatagram}. */
    @Nullable
    Message messages;
}
