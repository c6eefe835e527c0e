package dev.gridmate.carrier.link;

import org.jspecify.annotations.Nullable;

/**
 * A message that fits one datagram, or one chunk of a larger one, with its bytes. Belongs to a {@link MessagePool}.
 *
 * <p>It is a link in several lists at once, one field each: a reliable message that was sent stands in its datagram's list
 * and in its channel's.
 */
final class Message {

    /** The size is the size class; {@link #length} bytes of it count. */
    final byte[] data;

    int length;
    int channel;
    boolean reliable;
    int chunks;
    int seq;
    int reliableSeq;

    /** The next in a queue, the next chunk of the same message, or the next in the pool. */
    @Nullable
    Message next;

    // ---- while it is being sent
    int priority;
    long stamp;
    boolean wasSent;
    boolean isConfirmed;

    @Nullable
    PendingAck pendingAck;

    @Nullable
    Message nextInDatagram;

    @Nullable
    Message nextUnconfirmed;

    // ---- while it waits for the program
    int totalLength;

    @Nullable
    Message nextWhole;

    Message(int capacity) {
        data = new byte[capacity];
    }

    void reset() {
        length = 0;
        next = null;
        wasSent = false;
        isConfirmed = false;
        pendingAck = null;
        nextInDatagram = null;
        nextUnconfirmed = null;
        totalLength = 0;
        nextWhole = null;
    }
}
