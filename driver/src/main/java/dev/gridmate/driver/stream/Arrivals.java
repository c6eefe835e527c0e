package dev.gridmate.driver.stream;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.RateLimitPolicy;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import java.io.IOException;

/**
 * What arrives from the network for one connection: that it is connected, bytes, their end, or that
 * it is broken. Says what each of them means for the connection.
 */
public final class Arrivals implements Ready {

    /** Nanoseconds until a connection is read again that had no memory. */
    private static final long PAUSE = 100_000_000L;

    private final Life life;
    private final Ending ending;
    private final StreamContext context;
    private final Endpoint endpoint;
    private final Inbound inbound;

    Arrivals(Life life, Ending ending) {
        this.life = life;
        this.ending = ending;
        context = life.context;
        endpoint = life.endpoint;
        inbound = life.inbound;
    }

    /** {@return true if the program was told that the connection is established} */
    public boolean wasAnnounced() {
        return life.wasAnnounced();
    }

    @Override
    public int onReady() {
        if (context.budget.isSpent()) {
            life.turns.comeLate();
            return 0;
        }
        if (life.state().isComing()) {
            return onComing();
        }
        return mayRead() ? onReadable() : 0;
    }

    private boolean mayRead() {
        return life.state().reads() && inbound.mayRead();
    }

    private int onComing() {
        try {
            // The program's code, called in a handshake, may have ended the connection.
            if (!endpoint.finishConnect() || !life.state().isComing()) {
                return 0;
            }
            life.turns.leaveNewcomers();
            if (endpoint.hasHandshake()) {
                context.count(DriverCounter.TLS_HANDSHAKES, 1);
            }
            life.become(life.outgoing ? ConnectionState.CONNECT : ConnectionState.ACCEPT);
            endpoint.watch(false, false);
            life.turns.tell();
        } catch (IOException e) {
            ending.onNotEstablished(e);
        }
        return 1;
    }

    private int onReadable() {
        int bytes = inbound.readFrom(endpoint);
        if (bytes > 0) {
            onBytes(bytes);
            if (!life.state().reads()) {
                return 1; // what arrived ended it
            }
        }
        return onReadStopped() || bytes > 0 ? 1 : 0;
    }

    private boolean onReadStopped() {
        switch (inbound.stop()) {
            case BROKEN -> ending.onBroken(inbound.failure());
            case END -> {
                ending.onEndOfInput();
                life.watch();
            }
            case FULL -> {
                inbound.fill();
                life.watch();
                return false;
            }
            case NO_MEMORY -> {
                context.count(DriverCounter.OUT_OF_MEMORY, 1);
                if (inbound.isOpen()) {
                    life.pauseReading(context.now + PAUSE);
                }
                return false;
            }
            case DRY -> {
                return false;
            }
        }
        return true;
    }

    private void onBytes(int bytes) {
        int before = inbound.packets();
        FrameReader.Violation violation = inbound.scan(bytes);
        int packets = inbound.packets() - before;
        if (packets > 0) {
            life.turns.leaveNewcomers();
            life.turns.deliver();
        }
        if (violation != FrameReader.Violation.NONE) {
            onViolation(violation);
        } else if (context.limitsRates()) {
            onArrivalRate(packets, bytes);
        }
    }

    // What the program accepted for the peer is sent first, since it was fine until here; what the
    // peer sent behind the bad header has no meaning any more.
    private void onViolation(FrameReader.Violation violation) {
        context.count(DriverCounter.PROTOCOL_ERRORS, 1);
        Code code = violation == FrameReader.Violation.ZERO_LENGTH ? Code.PROTOCOL_ERROR : Code.PACKET_TOO_LARGE;
        ending.end(code, inbound.describe(violation), Ending.Manner.FLUSH);
    }

    private void onArrivalRate(int packets, int bytes) {
        long until = inbound.charge(packets, bytes);
        if (until <= context.now) {
            return;
        }
        if (context.config.policies().rateLimit() == RateLimitPolicy.DISCONNECT) {
            context.count(DriverCounter.RATE_LIMITED, 1);
            context.notices.rateLimited(endpoint.remoteAddress(), true);
            ending.end(
                    Code.RATE_LIMITED,
                    "the peer sent more than " + context.config.limits().maxPacketsPerSecond() + " packets or "
                            + context.config.limits().maxBytesPerSecond() + " bytes per second (0: any)",
                    Ending.Manner.FLUSH);
        } else if (life.state().reads()) {
            context.count(DriverCounter.THROTTLES, 1);
            context.notices.rateLimited(endpoint.remoteAddress(), false);
            life.pauseReading(until);
        }
    }

    /** A write failed. The peer's last packets may have come with its reset: they are first. */
    void onBrokenWrite(IOException e) {
        if (mayRead()) {
            int ignored = onReadable();
        }
        if (life.state().writes()) {
            ending.onBroken(e);
        }
    }
}
