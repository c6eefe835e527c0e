package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A look over a datagram from an address without a connection. What it finds is valid until the
 * next one.
 */
final class StrangeDatagram {

    private final DatagramReader reader;
    private final AcksReader acks = new AcksReader();
    private boolean isSound;
    private boolean saysConnecting;
    private @Nullable ByteBuffer request;
    private @Nullable ByteBuffer farewell;

    StrangeDatagram(DatagramReader reader) {
        this.reader = reader;
    }

    /** Looks over a whole datagram; null for one that could not be restored. */
    void read(@Nullable ByteBuffer datagram, int maxSize) {
        request = null;
        farewell = null;
        saysConnecting = false;
        acks.clear();
        isSound = datagram != null && datagram.remaining() <= maxSize && reader.wrap(datagram);
        boolean isFirst = true;
        while (isSound && reader.next()) {
            look(reader.header(), isFirst);
            isFirst = false;
        }
        isSound &= reader.fault() == DatagramReader.Fault.NONE;
    }

    private void look(MessageHeader header, boolean isFirst) {
        int at = reader.payloadOffset();
        if (isFirst) {
            saysConnecting = header.isConnecting;
            request = SystemMessage.isConnectRequest(reader) ? reader.datagram().slice(at, header.length - 1) : null;
        }
        int id = reader.systemId();
        if (id == SystemMessage.ACKS) {
            isSound &= !acks.isRead() && acks.wrap(reader.datagram(), at, header.length);
        } else if (id == SystemMessage.DISCONNECT && header.isReliable && header.length >= 2) {
            farewell = reader.datagram().slice(at, header.length - 1);
        }
    }

    /** {@return true if the whole datagram can be read} */
    boolean isSound() {
        return isSound;
    }

    int sequence() {
        return reader.sequence();
    }

    /** {@return the handshake's data if the datagram begins with a request to connect, or null} */
    @Nullable
    ByteBuffer request() {
        return isSound ? request : null;
    }

    /** {@return reason and notice if the datagram ends an attempt to connect, or null} */
    @Nullable
    ByteBuffer farewell() {
        return isSound ? farewell : null;
    }

    /** {@return true if it names an answer that only a peer at its address can have got} */
    boolean isProofOf(Newcomer newcomer) {
        return isSound && !saysConnecting && !acks.isKeepAlive() && newcomer.isProof(acks.oldest(), acks.last());
    }
}
