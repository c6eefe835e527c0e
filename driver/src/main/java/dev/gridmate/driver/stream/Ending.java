package dev.gridmate.driver.stream;

import static dev.gridmate.driver.DisconnectReason.Code.*; // the codes are this class's vocabulary

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.EndpointException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a connection comes to its end: why, and what still happens before it is over. The first
 * reason counts; whatever breaks afterwards is a consequence.
 */
public final class Ending {

    private final Life life;
    private final StreamContext context;
    private final OwnTurns<?> turns;
    private final Endpoint endpoint;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Patience patience;

    private @Nullable DisconnectReason reason;
    private boolean outputEnded;
    private boolean gaveWay;

    Ending(Life life) {
        this.life = life;
        context = life.context;
        turns = life.turns;
        endpoint = life.endpoint;
        inbound = life.inbound;
        outbound = life.outbound;
        patience = life.patience;
    }

    /** How an endpoint is left. */
    enum Manner {
        /** What is waiting is written as far as the system takes it, then closed. */
        FLUSH,
        /** Closed. */
        CLOSE,
        /** Reset. */
        ABORT
    }

    /** {@return why it ended, with what was lost} */
    public DisconnectReason reason() {
        return reason == null ? DisconnectReason.of(LOCAL_CLOSED, "closed") : reason;
    }

    private void setReason(DisconnectReason.Code code, String detail) {
        if (reason == null) {
            reason = DisconnectReason.of(code, detail);
        }
    }

    // ------------------------------------------------------------ from the program

    /** Closes in order: what was sent leaves, then a FIN, then the peer's FIN is awaited. */
    public void disconnect() {
        if (life.state().isConnected()) {
            setReason(LOCAL_CLOSED, "closed by this side");
            begin(ConnectionState.CLOSING);
            if (!outbound.isEmpty()) {
                turns.write();
            }
        } else if (life.state().takesPackets()) {
            end(LOCAL_CLOSED, "closed by this side before the connection was established", Manner.CLOSE);
        }
    }

    /** Closes at once, with a RST. */
    public void abort() {
        if (life.state().hasEndpoint()) {
            end(LOCAL_ABORTED, "aborted by this side", Manner.ABORT);
        }
    }

    /**
     * A connection with the same address came: this one's peer is gone, or uses another of our
     * addresses.
     */
    public void supersede() {
        if (life.state().hasEndpoint()) {
            context.count(DriverCounter.SUPERSEDED, 1);
            end(SUPERSEDED, "a new connection came from the same address", Manner.ABORT);
        }
    }

    /** There is no place for it, now that it would need one. */
    public void turnAway() {
        context.count(DriverCounter.CONNECTIONS_REJECTED, 1);
        end(LOCAL_CLOSED, "there is no place for it", Manner.CLOSE);
    }

    /** The driver closes: one attempt to write what is waiting, and nothing is kept. */
    public void closeNow() {
        if (life.state().hasEndpoint()) {
            end(DRIVER_CLOSED, "the driver was closed", Manner.FLUSH);
        }
        if (!life.state().isOver()) {
            finish();
        }
    }

    // ------------------------------------------------------------ from the network

    /** The peer sends no more. It may still receive. */
    void onEndOfInput() {
        inbound.end();
        String partial = inbound.describePartial();
        if (partial != null) {
            setReason(REMOTE_CLOSED_MID_PACKET, "the peer closed the connection after " + partial);
            inbound.dropPartial();
        } else {
            setReason(REMOTE_CLOSED, "the peer closed the connection");
        }
        if (life.state() == ConnectionState.ESTABLISHED) {
            begin(ConnectionState.PEER_CLOSED);
        }
    }

    /** The connect, or the handshake, failed. */
    void onNotEstablished(IOException e) {
        if (!life.state().isComing()) {
            return; // the program's code, called in the handshake, has ended it
        }
        boolean outgoing = life.outgoing;
        DisconnectReason.Code code = code(e, outgoing ? CONNECT_FAILED : REMOTE_RESET);
        if (!outgoing || code != CONNECT_FAILED) {
            context.count(DriverCounter.TLS_HANDSHAKES_FAILED, 1);
        }
        end(code, message(e), Manner.CLOSE);
    }

    /**
     * The endpoint is broken. A side that closed, and loses something by this, wants to know why it
     * never left.
     */
    void onBroken(IOException e) {
        DisconnectReason present = reason;
        if (present != null && !outbound.isEmpty()) {
            reason = DisconnectReason.of(present.code(), present.detail() + "; then " + message(e));
        }
        end(code(e, REMOTE_RESET), message(e), Manner.ABORT);
    }

    private static DisconnectReason.Code code(IOException e, DisconnectReason.Code otherwise) {
        return e instanceof EndpointException known ? known.code() : otherwise;
    }

    private static String message(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    // ------------------------------------------------------------ from the clock

    /** Its time is over in the state that it is in. */
    void onOverdue() {
        ConnectionState state = life.state();
        if (state.isEnding()) {
            if (state.hasEndpoint()) {
                endpoint.abort();
            }
            giveUp();
            return;
        }
        DisconnectReason why = patience.overdue(state, endpoint);
        boolean peerTakesNothing = why.code() == WRITE_TIMEOUT;
        if (peerTakesNothing) {
            context.count(DriverCounter.SLOW_CONSUMERS, 1);
        } else if (why.code() == HANDSHAKE_TIMEOUT) {
            context.count(DriverCounter.TLS_HANDSHAKES_FAILED, 1);
        }
        end(why.code(), why.detail(), peerTakesNothing ? Manner.ABORT : Manner.FLUSH);
    }

    /** Others wait for its place; for an accepted one that has proved nothing yet. */
    void giveWay() {
        gaveWay = true;
        context.count(DriverCounter.GAVE_WAY, 1);
        if (life.state() == ConnectionState.HANDSHAKE) {
            context.count(DriverCounter.TLS_HANDSHAKES_FAILED, 1);
            end(HANDSHAKE_TIMEOUT, "its handshake gave way to others that were waiting", Manner.CLOSE);
        } else {
            end(FIRST_PACKET_TIMEOUT, "it sent no packet, and gave way to a newcomer", Manner.CLOSE);
        }
    }

    /** {@return true if its place was given to a newcomer before its end is told} */
    public boolean gaveWay() {
        return gaveWay;
    }

    private void giveUp() {
        DisconnectReason present = reason();
        String detail = present.detail() + "; given up, since it did not come to its end for "
                + context.config.timeouts().drain();
        reason = DisconnectReason.of(present.code(), detail);
        finish();
    }

    // ------------------------------------------------------------ the way to the end

    /** Finishes it if everything that had to happen before has happened; returns the work done. */
    int settle() {
        switch (life.state()) {
            case PEER_CLOSED -> {
                if (inbound.isEmpty() && outbound.isEmpty()) {
                    endpoint.close();
                    finish();
                }
            }
            case CLOSING -> settleClosing();
            case IN_ERROR -> {
                if (inbound.isEmpty()) {
                    finish();
                }
            }
            default -> {
                return 0; // it ended before its turn came
            }
        }
        if (life.state().isEnding()) {
            turns.settle();
            return 0;
        }
        return 1;
    }

    private void settleClosing() {
        if (outbound.isEmpty() && !outputEnded) {
            outputEnded = true;
            patience.renew();
            try {
                endpoint.shutdownOutput();
            } catch (IOException e) {
                onBroken(e);
                if (inbound.isEmpty()) {
                    finish();
                }
                return;
            }
        }
        if (outputEnded && inbound.hasEnded() && inbound.isEmpty()) {
            endpoint.close();
            finish();
        }
    }

    /**
     * The socket goes now; what arrived before can still be received, if the program knows of the
     * connection.
     */
    void end(DisconnectReason.Code code, String detail, Manner manner) {
        setReason(code, detail);
        if (manner == Manner.FLUSH && life.state().writes()) {
            writeLastBytes();
        }
        if (manner == Manner.ABORT) {
            endpoint.abort();
        } else {
            endpoint.close();
        }
        inbound.end();
        inbound.dropPartial();
        turns.leaveNewcomers();
        if (life.wasAnnounced()) {
            begin(ConnectionState.IN_ERROR);
        } else {
            finish();
        }
    }

    private void writeLastBytes() {
        try {
            outbound.writeTo(endpoint, context.now);
        } catch (IOException ignored) {
            return; // it is ending for another reason already; what did not leave is counted as unsent
        }
    }

    private void begin(ConnectionState next) {
        life.become(next);
        patience.renew();
        turns.settle();
        life.armDeadline();
    }

    private void finish() {
        int undelivered = inbound.close();
        reason = reason().withLosses(outbound.drop(), undelivered);
        turns.leave();
        life.become(ConnectionState.DISCONNECTED);
        turns.tell();
    }
}
