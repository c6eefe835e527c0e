package dev.gridmate.carrier.link;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.SecurityError;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SequenceNumber;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The carrier's own messages on the way in.
 *
 * <p>They are taken as they come, not in order: an acknowledgement that waited for a lost message
 * before it would wait for what only an acknowledgement can bring. Those that may come twice or
 * late do no harm, or are checked by number.
 */
final class SystemInbox {

    /** Nanoseconds after which no datagram is on its way any more. */
    private static final long LONGEST_DELAY = 60_000_000_000L;

    /** The reason and the id; a notice may be between them. */
    private static final int DISCONNECT_MIN_LENGTH = 2;

    private static final int CLOCK_SYNC_LENGTH = Integer.BYTES + 1;

    private final LinkListener listener;
    private final Outbound outbound;
    private final AcksReader acks;
    private final Counters<CarrierCounter> counters;
    private int lastClockSync;
    private long lastClockSyncAt = Long.MIN_VALUE / 2;

    SystemInbox(LinkListener listener, Outbound outbound, AcksReader acks, Counters<CarrierCounter> counters) {
        this.listener = listener;
        this.outbound = outbound;
        this.acks = acks;
        this.counters = counters;
    }

    /**
     * Takes the message at which a reader is.
     *
     * @return why the message must be dropped; null if nothing is wrong with it
     */
    @Nullable
    SecurityError onMessage(DatagramReader reader, long now) {
        MessageHeader header = reader.header();
        ByteBuffer datagram = reader.datagram();
        int offset = reader.payloadOffset();
        switch (reader.systemId()) {
            case SystemMessage.ACKS -> onAcks(datagram, offset, header.length, now);
            case SystemMessage.CONNECT_REQUEST -> listener.onConnectRequest(datagram.slice(offset, header.length - 1));
            case SystemMessage.CONNECT_ACK -> listener.onConnectAck(datagram.slice(offset, header.length - 1));
            case SystemMessage.DISCONNECT -> {
                if (!header.isReliable || header.length < DISCONNECT_MIN_LENGTH) {
                    return SecurityError.BAD_PACKET;
                }
                ByteBuffer between = datagram.slice(offset + 1, header.length - DISCONNECT_MIN_LENGTH);
                listener.onDisconnect(datagram.get(offset) & 0xff, between);
            }
            case SystemMessage.CLOCK_SYNC -> {
                if (header.length == CLOCK_SYNC_LENGTH && isNewest(header.seq, now)) {
                    lastClockSync = header.seq;
                    lastClockSyncAt = now;
                    listener.onClockSync(intAt(datagram, offset));
                }
            }
            default -> {
                return SecurityError.MESSAGE_TYPE_NOT_SUPPORTED;
            }
        }
        return null;
    }

    /** What is not believed is of another connection with this address, or forged. */
    private void onAcks(ByteBuffer datagram, int offset, int length, long now) {
        boolean isRead = acks.wrap(datagram, offset, length);
        if (isRead && !acks.isKeepAlive() && !outbound.onAcks(acks, now)) {
            counters.add(CarrierCounter.ACKS_NOT_BELIEVED, 1);
        }
    }

    // After a long pause the numbers may have wrapped around, and comparing them says nothing. Then
    // any message is newer.
    private boolean isNewest(int seq, long now) {
        return now - lastClockSyncAt > LONGEST_DELAY || SequenceNumber.isAfter(seq, lastClockSync);
    }

    // The buffer's byte order is its owner's.
    private static int intAt(ByteBuffer datagram, int offset) {
        return (datagram.get(offset) & 0xff) << 24
                | (datagram.get(offset + 1) & 0xff) << 16
                | (datagram.get(offset + 2) & 0xff) << 8
                | (datagram.get(offset + 3) & 0xff);
    }
}
