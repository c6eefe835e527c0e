package dev.gridmate.driver.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection: finish connecting, read, write, close. Never blocks.
 *
 * <p>After an {@link IOException} nothing but {@link #close()} and {@link #abort()} is called.
 */
public interface Endpoint {

    /** {@return the address of the other end, resolved} */
    InetSocketAddress remoteAddress();

    /**
     * {@return the address of this end, resolved; port 0 if it is not known, for example before a
     * connect has ended}
     */
    default InetSocketAddress localAddress() {
        return new InetSocketAddress(0);
    }

    /**
     * Sets what {@link Transport#poll} calls when this endpoint is ready.
     *
     * @param ready what to call
     */
    void attach(Ready ready);

    /**
     * {@return true if this network makes a handshake} Then an accepted endpoint is not established
     * either until {@link #finishConnect()} has returned true.
     */
    default boolean hasHandshake() {
        return false;
    }

    /**
     * Asks for the end of a connect, and of the handshake behind it.
     *
     * @return true if the connection is established; false if it is still on its way
     * @throws IOException if it failed; the message is the system's
     */
    boolean finishConnect() throws IOException;

    /**
     * {@return what the handshake has agreed on} Null while it goes on, and on a network without
     * handshakes.
     */
    default @Nullable SSLSession session() {
        return null;
    }

    /**
     * Says what did not come of a connect that is given up, since {@link #finishConnect()} never
     * returned true.
     *
     * @return the words, for people; how long it was waited for is said behind them
     */
    default String missing() {
        return "no answer";
    }

    /**
     * Reads what is there into the room between position and limit, and moves the position.
     *
     * @param into the room, 1 byte or more
     * @return the number of bytes read; 0 if nothing is there now; -1 if the peer sends no more
     * @throws IOException if the connection is broken
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Writes as much as is taken now of what lies between position and limit, and moves the
     * position.
     *
     * @param from what to write, 1 byte or more
     * @return the number of bytes written, 0 or more
     * @throws IOException if the connection is broken
     */
    int write(ByteBuffer from) throws IOException;

    /**
     * Says which conditions {@link Transport#poll} and {@link Transport#await} are to watch. A new
     * endpoint is watched for reading.
     *
     * @param read whether for bytes to read, or for the connect to end
     * @param write whether for room to write
     */
    void watch(boolean read, boolean write);

    /**
     * Ends the sending direction after what was written: a FIN. Reading goes on.
     *
     * @throws IOException if the connection is broken
     */
    void shutdownOutput() throws IOException;

    /**
     * Closes both directions. What was written still leaves, unless bytes that arrived were never
     * read.
     */
    void close();

    /** Closes at once and tells the peer so: a RST. What was written may be lost. */
    void abort();
}
