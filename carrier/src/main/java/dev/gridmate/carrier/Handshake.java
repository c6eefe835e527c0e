package dev.gridmate.carrier;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides which peers may connect. The side that connects sends a request with data of its
 * handshake's choice. The handshake of the other side judges it and answers with data of its own.
 *
 * <p>The carrier calls all methods, on its thread. What is read comes from the network and may be
 * anything. Whatever a method throws is logged and counts as a refusal.
 *
 * <p>To check more than the version, extend {@link DefaultHandshake}.
 */
public interface Handshake {

    /** How a request is judged. */
    final class Result {

        /** The peer may connect. */
        public static final Result OK = new Result(Verdict.OK, null);

        /**
         * The peer may not connect: it is disconnected with {@link
         * CarrierDisconnectReason.Code#HANDSHAKE_REJECTED}, and is not told why.
         */
        public static final Result REJECTED = new Result(Verdict.REJECTED, null);

        /** Not known yet: the peer asks again, and is judged again. */
        public static final Result PENDING = new Result(Verdict.PENDING, null);

        /**
         * The peer is disconnected with {@link CarrierDisconnectReason.Code#VERSION_MISMATCH}, and
         * is told {@link DisconnectNotice#WRONG_VERSION}.
         */
        public static final Result VERSION_MISMATCH =
                new Result(Verdict.VERSION_MISMATCH, DisconnectNotice.WRONG_VERSION);

        /** The four kinds of results. */
        enum Verdict {
            OK,
            REJECTED,
            PENDING,
            VERSION_MISMATCH
        }

        private final Verdict verdict;
        private final @Nullable DisconnectNotice notice;

        private Result(Verdict verdict, @Nullable DisconnectNotice notice) {
            this.verdict = verdict;
            this.notice = notice;
        }

        /**
         * {@return as {@link #REJECTED}, and the peer is told why} Its {@code onFailedToConnect}
         * hears the code and the words.
         *
         * @param notice what the peer is told
         */
        public static Result rejected(DisconnectNotice notice) {
            return new Result(Verdict.REJECTED, Objects.requireNonNull(notice, "notice"));
        }

        Verdict verdict() {
            return verdict;
        }

        /** {@return what the peer is told; null for nothing} */
        public @Nullable DisconnectNotice notice() {
            return notice;
        }

        @Override
        public String toString() {
            return notice == null ? verdict.toString() : verdict + ": " + notice;
        }
    }

    /**
     * A connection begins here: write what the other side is to judge.
     *
     * @param id the connection
     * @param out gets the data; its room, in bytes, is what one datagram holds
     */
    void onInitiate(ConnectionId id, ByteBuffer out);

    /**
     * A request has arrived.
     *
     * @param id the connection
     * @param in what the other side's {@link #onInitiate} wrote; a peer of the original may have
     *     appended bytes of value 1
     * @param out gets the answer; its room, in bytes, is what one datagram holds
     * @return the judgement
     */
    Result onReceiveRequest(ConnectionId id, ByteBuffer in, ByteBuffer out);

    /**
     * A request has arrived on a connection that is already established.
     *
     * @param id the connection
     * @param in as for {@link #onReceiveRequest}
     * @return true if it fits the established connection; false ends the connection with {@link
     *     CarrierDisconnectReason.Code#WAS_ALREADY_CONNECTED}
     */
    boolean onConfirmRequest(ConnectionId id, ByteBuffer in);

    /**
     * The answer to the request of this side has arrived.
     *
     * @param id the connection
     * @param in what the other side's {@link #onReceiveRequest} wrote
     * @return true to connect; false ends the connection with {@link
     *     CarrierDisconnectReason.Code#HANDSHAKE_REJECTED}
     */
    boolean onReceiveAck(ConnectionId id, ByteBuffer in);

    /**
     * An answer has arrived on a connection that is already established.
     *
     * @param id the connection
     * @param in as for {@link #onReceiveAck}
     * @return true if it fits the established connection; false ends the connection with {@link
     *     CarrierDisconnectReason.Code#WAS_ALREADY_CONNECTED}
     */
    boolean onConfirmAck(ConnectionId id, ByteBuffer in);

    /**
     * An unknown address asks to connect. Nothing is kept of it yet.
     *
     * @param address the address
     * @return true to ignore it, as if nothing had arrived
     */
    default boolean onNewConnection(SocketDriverAddress address) {
        return false;
    }

    /**
     * A connection is over, whether it was ever established or not.
     *
     * @param id the connection
     */
    default void onDisconnect(ConnectionId id) {}

    /** {@return how long a handshake may take, more than zero} */
    Duration handshakeTimeout();
}
