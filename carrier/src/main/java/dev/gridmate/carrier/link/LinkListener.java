package dev.gridmate.carrier.link;

import dev.gridmate.carrier.SecurityError;
import java.nio.ByteBuffer;

/**
 * Is told what arrives on a {@link Link}, except the contents of user messages. A buffer is valid
 * until the method returns.
 */
public interface LinkListener {

    /**
     * The peer asks to connect.
     *
     * @param data the handshake's
     */
    void onConnectRequest(ByteBuffer data);

    /** The peer asks to connect, although it had connected before and has spoken as connected. */
    void onConnectRequestAgain();

    /** The peer speaks on another connection than the one that its requests were for. */
    void onAnotherConnection();

    /**
     * The peer answers this side's request to connect.
     *
     * @param data the handshake's
     */
    void onConnectAck(ByteBuffer data);

    /**
     * The peer disconnects.
     *
     * @param reason as on the wire
     * @param between what is behind the reason: nothing, a notice, or anything
     */
    void onDisconnect(int reason, ByteBuffer between);

    /**
     * The peer, which runs the clock, tells the time.
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
     * The peer sent something that it must not send. It was dropped.
     *
     * @param error what is wrong with it
     */
    void onSecurityError(SecurityError error);

    /**
     * The carrier's memory is used up, another peer needs some, and nobody holds more for messages
     * that are not whole. The connection must end at once.
     *
     * @param bytes what it holds
     */
    void onTooMuchUnfinished(long bytes);

    /** The peer's messages cannot be put together: the connection cannot go on. */
    void onBroken();
}
