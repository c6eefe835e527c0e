package dev.gridmate.driver.stream;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.DeadlineHeap;

/**
 * How long a connection waits, in each of its states, and for what. Most of it counts from when the
 * present state began, or last came a step forward.
 */
final class Patience {

    private final StreamContext context;
    private final Inbound inbound;
    private final Outbound outbound;
    private final boolean outgoing;
    private long since;

    Patience(StreamContext context, Inbound inbound, Outbound outbound, boolean outgoing) {
        this.context = context;
        this.inbound = inbound;
        this.outbound = outbound;
        this.outgoing = outgoing;
        this.since = context.now;
    }

    /** A state began, or came a step forward. */
    void renew() {
        since = context.now;
    }

    long since() {
        return since;
    }

    /** {@return when it ends in this state; {@link DeadlineHeap#NEVER} if it does not} */
    long until(ConnectionState state) {
        return switch (state) {
            case CONNECTING -> after(since, context.connectTimeout());
            case HANDSHAKE -> after(since, context.handshakeLimits.timeout());
            case ESTABLISHED -> Math.min(writeDeadline(), Math.min(firstPacketDeadline(), idleDeadline()));
            case PEER_CLOSED, CLOSING, IN_ERROR -> after(since, context.drainTimeout());
            case ACCEPT, CONNECT, DISCONNECTED -> DeadlineHeap.NEVER;
        };
    }

    /** {@return what has not come in time, in a state before the connection ends} */
    DisconnectReason overdue(ConnectionState state, Endpoint endpoint) {
        return switch (state) {
            case CONNECTING ->
                DisconnectReason.of(
                        Code.CONNECT_TIMEOUT,
                        endpoint.missing() + " for " + context.config.timeouts().connect());
            case HANDSHAKE -> DisconnectReason.of(Code.HANDSHAKE_TIMEOUT, "the handshake was not made in time");
            default -> overdueWhileEstablished();
        };
    }

    private DisconnectReason overdueWhileEstablished() {
        if (writeDeadline() <= context.now) {
            String detail = outbound.waitingBytes() + " bytes waited, and the peer took none for "
                    + context.config.timeouts().write();
            return DisconnectReason.of(Code.WRITE_TIMEOUT, detail);
        }
        if (firstPacketDeadline() <= context.now) {
            String detail =
                    "no whole packet within " + context.config.timeouts().firstPacket();
            return DisconnectReason.of(Code.FIRST_PACKET_TIMEOUT, detail);
        }
        return DisconnectReason.of(
                Code.IDLE_TIMEOUT,
                "nothing arrived for " + context.config.timeouts().idle());
    }

    private long writeDeadline() {
        return outbound.isBlocked() ? after(outbound.blockedSince(), context.writeTimeout) : DeadlineHeap.NEVER;
    }

    private long firstPacketDeadline() {
        return outgoing || inbound.hadPacket() ? DeadlineHeap.NEVER : after(since, context.firstPacketTimeout);
    }

    // A peer that is not being read is not idle: it may have sent, and nobody looked.
    private long idleDeadline() {
        return inbound.isOpen() ? after(inbound.lastArrival(), context.idleTimeout) : DeadlineHeap.NEVER;
    }

    private static long after(long time, long timeout) {
        return timeout == DeadlineHeap.NEVER ? DeadlineHeap.NEVER : time + timeout;
    }
}
