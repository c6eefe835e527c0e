package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.internal.LentView;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message that fits one datagram, or one chunk of a larger one, with its bytes. It belongs to a
 * {@link MessagePool}.
 *
 * <p>A message can be in several lists at once, and has one link field for each kind: a reliable
 * message that was sent is in the list of its datagram and in the list of its channel.
 */
final class Message {

    final MessageHeader header = new MessageHeader();

    /** As long as the size class says; the first {@code header.length} bytes are the message. */
    final byte[] data;

    private @Nullable LentView view;

    /** The next in a queue, the next chunk of the same message, or the next in the pool. */
    @Nullable
    Message next;

    // ---- while it is being sent
    int priority;
    long stamp;
    boolean isAcknowledged;

    @Nullable
    PendingAck pendingAck;

    @Nullable
    Message nextInDatagram;

    @Nullable
    Message nextUnacknowledged;

    // ---- while it waits for the program, or is lent to it
    int totalLength;

    @Nullable
    Message nextWhole;

    Message(int capacity) {
        data = new byte[capacity];
    }

    void reset() {
        header.length = 0;
        header.isRepeated = false;
        next = null;
        isAcknowledged = false;
        pendingAck = null;
        nextInDatagram = null;
        nextUnacknowledged = null;
        totalLength = 0;
        nextWhole = null;
    }

    /**
     * Shows the bytes where they are. The view covers the whole array, and the array held other
     * messages before. So what follows the message is cleared: a handler that moves the limit sees
     * no bytes of another peer.
     */
    ByteBuffer lend() {
        Arrays.fill(data, header.length, data.length, (byte) 0);
        LentView lent = view;
        if (lent == null) {
            lent = new LentView(ByteBuffer.wrap(data));
            view = lent;
        }
        return lent.lend(0, header.length);
    }
}
