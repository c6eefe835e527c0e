package dev.gridmate.driver;

import dev.gridmate.internal.Printable;
import java.util.Objects;

/**
 * Why a connection ended, or never came to be.
 *
 * @param code the kind of reason, for programs
 * @param detail the particulars with their numbers, for people
 * @param unsentBytes bytes (headers included) that {@code send} accepted and that never reached the
 *     system, 0 or more
 * @param undeliveredPackets whole packets that arrived and that the program did not receive in
 *     time, 0 or more
 */
public record DisconnectReason(Code code, String detail, long unsentBytes, long undeliveredPackets) {

    /** The kinds of reasons. */
    public enum Code {
        /** The peer closed its side after a whole packet. */
        REMOTE_CLOSED,
        /** The peer closed its side in the middle of a packet. */
        REMOTE_CLOSED_MID_PACKET,
        /** The connection broke: reset by the peer, or given up by the system. */
        REMOTE_RESET,
        /** The program called {@code disconnectFrom}. */
        LOCAL_CLOSED,
        /** The program called {@code abort}. */
        LOCAL_ABORTED,
        /** The program closed the driver. */
        DRIVER_CLOSED,
        /** The peer sent a frame of length zero, which the wire format forbids. */
        PROTOCOL_ERROR,
        /** The peer announced a packet above this driver's maximum. */
        PACKET_TOO_LARGE,
        /** The peer read too slowly, and the outbound buffer was full. */
        SLOW_CONSUMER,
        /** Bytes were waiting, and the peer took none for the write timeout. */
        WRITE_TIMEOUT,
        /** Nothing arrived for the idle timeout. */
        IDLE_TIMEOUT,
        /** An accepted peer did not send a whole packet within the first-packet timeout. */
        FIRST_PACKET_TIMEOUT,
        /** The peer sent more than the rate limits allow, and the policy is to disconnect. */
        RATE_LIMITED,
        /** A new connection with the same peer address took its place. */
        SUPERSEDED,
        /** The peer, or a router, refused the connection or could not be reached. */
        CONNECT_FAILED,
        /**
         * The connection was not made within the connect timeout, which covers the handshake of
         * TLS.
         */
        CONNECT_TIMEOUT,
        /**
         * No address is known for the name of the host: there is no such host, or the look-up
         * failed or took too long.
         */
        UNKNOWN_HOST,
        /**
         * TLS: the handshake failed, or what arrived was not what the peer had sent, or broke the
         * rules.
         */
        TLS_FAILED,
        /**
         * TLS: the stream ended without the peer's close_notify, so that an attacker may have cut
         * it off.
         */
        REMOTE_TRUNCATED,
        /** TLS: an accepted peer did not make its handshake in time. No event tells of it. */
        HANDSHAKE_TIMEOUT
    }

    /**
     * Checks the parts.
     *
     * @param code the kind of reason
     * @param detail the particulars
     * @param unsentBytes bytes never sent
     * @param undeliveredPackets packets never received
     */
    public DisconnectReason {
        Objects.requireNonNull(code, "code");
        detail = Printable.plain(Objects.requireNonNull(detail, "detail"));
    }

    /**
     * Makes a reason that lost nothing.
     *
     * @param code the kind of reason
     * @param detail the particulars
     * @return the reason
     */
    public static DisconnectReason of(Code code, String detail) {
        return new DisconnectReason(code, detail, 0, 0);
    }

    /**
     * Returns this reason with what was lost.
     *
     * @param unsent bytes accepted by {@code send} and never sent
     * @param undelivered whole packets never received by the program
     * @return the reason
     */
    public DisconnectReason withLosses(long unsent, long undelivered) {
        return unsent == unsentBytes && undelivered == undeliveredPackets
                ? this
                : new DisconnectReason(code, detail, unsent, undelivered);
    }

    @Override
    public String toString() {
        return code + ": " + detail
                + (unsentBytes == 0 ? "" : ", " + unsentBytes + " bytes never sent")
                + (undeliveredPackets == 0 ? "" : ", " + undeliveredPackets + " packets never received");
    }
}
