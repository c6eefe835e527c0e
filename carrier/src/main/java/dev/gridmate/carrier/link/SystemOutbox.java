package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The carrier's own messages on the way out: which ones are due, and how they are written.
 *
 * <p>None of them waits to count as lost, because both sides have little patience at the beginning
 * and at the end of a connection. A request to connect is a new unreliable message each time. The
 * answer to a request, and the end, are one reliable message each, which is sent again with the
 * numbers that it got first.
 */
final class SystemOutbox {

    /** Nanoseconds, longer than most round trips. */
    private static final long ANSWER_INTERVAL = 50_000_000;

    private static final int CLOCK_SYNC_LENGTH = Integer.BYTES + 1;

    private final Acknowledgements acknowledgements;
    private final OutgoingNumbers numbers = new OutgoingNumbers();

    /** The header of the unreliable message that is being written. */
    private final MessageHeader header = new MessageHeader();

    private boolean isConnecting = true;
    private byte @Nullable [] connectRequest;
    private boolean connectRequestIsDue;
    private @Nullable Message answer;
    private boolean answerIsDue;
    private long answeredAt;
    private @Nullable Message disconnect;
    private boolean disconnectIsDue;
    private boolean clockSyncIsDue;

    SystemOutbox(Acknowledgements acknowledgements) {
        this.acknowledgements = acknowledgements;
        header.channel = MessageHeader.SYSTEM_CHANNEL;
    }

    private static Message reliable(byte[] payload) {
        Message message = new Message(payload.length);
        System.arraycopy(payload, 0, message.data, 0, payload.length);
        message.header.channel = MessageHeader.SYSTEM_CHANNEL;
        message.header.isReliable = true;
        message.header.length = payload.length;
        return message;
    }

    // ---------------------------------------------------------- what is due

    /** Sets the data of the requests to connect. */
    void connectRequest(byte[] data) {
        connectRequest = data;
    }

    void requestConnect() {
        connectRequestIsDue = true;
    }

    void connectAck(byte[] data) {
        byte[] payload = Arrays.copyOf(data, data.length + 1);
        payload[data.length] = SystemMessage.CONNECT_ACK;
        answer = reliable(payload);
        answerIsDue = true;
    }

    /** As {@link Outbound#onAnswered}: one reliable message, and each time acknowledgements. */
    void onAnswered(int datagrams) {
        header.isReliable = true;
        numbers.propose(header);
        numbers.use(header);
        header.isReliable = false;
        for (int i = 0; i < datagrams; i++) {
            numbers.propose(header);
            numbers.use(header);
        }
    }

    /** As {@link Outbound#connectAckAgain}. */
    void connectAckAgain(long now) {
        answerIsDue |= answer != null && now - answeredAt >= ANSWER_INTERVAL;
    }

    /**
     * The end is one message, which keeps the numbers that it left with. So its first contents
     * stay.
     */
    void disconnect(byte[] payload) {
        if (disconnect == null) {
            disconnect = reliable(payload);
        }
        disconnectIsDue = true;
        connectRequestIsDue = false;
    }

    void probe(long now) {
        acknowledgements.hurry(now);
    }

    void clockSync() {
        clockSyncIsDue = true;
    }

    boolean isClockSyncDue() {
        return clockSyncIsDue;
    }

    /** {@return true if a message is due, or acknowledgements are} */
    boolean isAnyDue(long now) {
        return connectRequestIsDue || answerIsDue || clockSyncIsDue || disconnectIsDue || acknowledgements.areDue(now);
    }

    /** What is sent from now on says that this side is connected, or will never be. */
    void onConnectingOver() {
        isConnecting = false;
    }

    void onConnected() {
        isConnecting = false;
        connectRequestIsDue = false;
    }

    /**
     * The peer speaks as one that is connected, so it has the answer to its request. If the answer
     * were sent again, the peer could take it for the answer to the request of its next connection,
     * and that would be established with numbers that fit nothing here.
     */
    void onPeerConnected() {
        acknowledgements.onPeerConnected();
        answer = null;
        answerIsDue = false;
    }

    // ---------------------------------------------------------- writing

    /** Writes the messages that are due and fit, except acknowledgements. */
    void put(DatagramWriter writer, ByteBuffer into, long now, int clock) {
        byte[] request = connectRequest;
        if (connectRequestIsDue && request != null) {
            connectRequestIsDue = false;
            int at = putUnreliable(writer, request.length + 1);
            into.put(at, request).put(at + request.length, (byte) SystemMessage.CONNECT_REQUEST);
        }
        Message accepted = answer;
        if (answerIsDue && accepted != null && putReliable(writer, accepted)) {
            answerIsDue = false;
            answeredAt = now;
        }
        Message end = disconnect;
        if (disconnectIsDue && end != null && putReliable(writer, end)) {
            disconnectIsDue = false;
        }
        if (clockSyncIsDue && writer.remaining() >= MessageHeader.MAX_SIZE + CLOCK_SYNC_LENGTH) {
            clockSyncIsDue = false;
            int at = putUnreliable(writer, CLOCK_SYNC_LENGTH);
            putInt(into, at, clock);
            into.put(at + Integer.BYTES, (byte) SystemMessage.CLOCK_SYNC);
        }
    }

    /**
     * Writes the acknowledgements, once in each update. An acknowledgement of nothing shows that
     * this side is alive, which other contents of the datagram would show as well.
     *
     * @param isAlone true if the datagram has nothing else and will have nothing else
     */
    void putAcknowledgements(DatagramWriter writer, ByteBuffer into, boolean isAlone) {
        boolean isOfUse = !acknowledgements.history().isEmpty() || isConnecting || isAlone;
        int size = acknowledgements.history().payloadSize();
        boolean fits = MessageHeader.MAX_SIZE + size <= writer.remaining();
        if (isOfUse && fits && !acknowledgements.areWritten()) {
            acknowledgements.history().write(into, putUnreliable(writer, size));
            acknowledgements.onWritten();
        }
    }

    /** Notes that the datagram has left. */
    void onSent(long now) {
        acknowledgements.onSent(now);
    }

    /** Writes a message that is kept; returns false if it does not fit. */
    private boolean putReliable(DatagramWriter writer, Message message) {
        if (!message.header.isRepeated) {
            numbers.propose(message.header);
        }
        if (writer.sizeOf(message.header) > writer.remaining()) {
            return false;
        }
        message.header.isConnecting = isConnecting;
        writer.put(message.header, message.data);
        if (!message.header.isRepeated) {
            numbers.use(message.header);
            message.header.isRepeated = true;
        }
        return true;
    }

    /** Writes the header of an unreliable message; returns where its payload goes. */
    private int putUnreliable(DatagramWriter writer, int length) {
        header.isConnecting = isConnecting;
        header.length = length;
        numbers.propose(header);
        numbers.use(header);
        return writer.putHeader(header);
    }

    // The buffer's byte order is its owner's.
    private static void putInt(ByteBuffer into, int at, int value) {
        into.put(at, (byte) (value >>> 24))
                .put(at + 1, (byte) (value >>> 16))
                .put(at + 2, (byte) (value >>> 8))
                .put(at + 3, (byte) value);
    }
}
