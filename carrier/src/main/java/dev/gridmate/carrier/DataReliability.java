package dev.gridmate.carrier;

/** What is promised about a message: the original's names. */
public enum DataReliability {
    /** It arrives once or never, and never behind a younger message of its channel. */
    SEND_UNRELIABLE,
    /**
     * It arrives once, behind the older reliable messages of its channel, or the connection ends.
     */
    SEND_RELIABLE
}
