package dev.gridmate.carrier.link;

import dev.gridmate.carrier.SecurityError;
import java.nio.ByteBuffer;

/** Hears what comes in on a {@link Link} besides user messages. A buffer is lent until the method returns. */
public interface LinkListener {

    /**
     * A request to connect.
     *
     * @param data the handshake's
     */
    void onConnectRequest(ByteBuffer data);

    /** A request to connect from a peer that had connected already and has spoken since. */
    void onConnectRequestAgain();

    /** The peer speaks of another connection than the one that its requests were for. */
    void onAnotherConnection();

    /**
     * The answer to the request of this side.
     *
     * @param data the handshake's
     */
    void onConnectAck(ByteBuffer data);

    /**
     * The peer disconnects.
     *
     * @param reason as on the wire
     */
    void onDisconnect(int reason);

    /**
     * The peer runs the clock.
     *
     * @param milliseconds as on the wire, 32 bits
     */
    void onClockSync(int milliseconds);

    /**
     * Whole messages are ready for the program.
     *
     * @param channel 0 to 2
     * @param count how many
     */
    void onMessages(int channel, int count);

    /**
     * Something that must not come in was dropped.
     *
     * @param error what
     */
    void onSecurityError(SecurityError error);

    /** The peer's messages cannot be put together: the connection cannot go on. */
    void onBroken();
}
