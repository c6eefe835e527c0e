package dev.gridmate.carrier;

import java.nio.ByteBuffer;

/** Takes the messages that {@link Carrier#receive(MessageHandler, int)} hands out. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * One message, whole.
     *
     * <p>The buffer is lent: it is the carrier's own memory, read-only, big-endian, with the
     * message between position and limit, and it is valid until this returns. Any method of the
     * carrier may be called.
     *
     * @param from the connection it came by
     * @param channel 0 to 2
     * @param reliability how it was sent; a large message is always reliable
     * @param message the message, 0 bytes or more
     */
    void onMessage(ConnectionId from, int channel, DataReliability reliability, ByteBuffer message);
}
