package dev.gridmate.driver.stream;

import dev.gridmate.driver.transport.Endpoint;

/**
 * Where one connection is in its life, and what follows from that: what its endpoint is watched
 * for, and when it must be looked at. What comes in ({@link Arrivals}), what goes out ({@link
 * Connection#send}) and the {@link Ending} move it on.
 */
final class Life {

    final StreamContext context;
    final OwnTurns<?> turns;
    final Endpoint endpoint;
    final boolean outgoing;
    final Inbound inbound;
    final Outbound outbound;
    final Patience patience;

    private ConnectionState state;
    private boolean announced;

    Life(StreamContext context, OwnTurns<?> turns, Endpoint endpoint, boolean outgoing, ConnectionState state) {
        this.context = context;
        this.turns = turns;
        this.endpoint = endpoint;
        this.outgoing = outgoing;
        this.state = state;
        inbound = new Inbound(context);
        outbound = new Outbound(new ByteRing(context.pool, context.outboundCapacity), context.counters);
        patience = new Patience(context, inbound, outbound, outgoing);
    }

    ConnectionState state() {
        return state;
    }

    void become(ConnectionState next) {
        state = state.become(next);
    }

    /** {@return true if the program was told that it is established} */
    boolean wasAnnounced() {
        return announced;
    }

    /**
     * Takes the first steps, which depend on the state that it was made with.
     *
     * @param network the network of the peer, as {@code AddressHash} names it
     */
    void begin(long network) {
        switch (state) {
            case CONNECTING -> turns.lookAt(); // the system may have refused or connected it already
            case HANDSHAKE -> turns.joinHandshakes(network);
            default -> {
                endpoint.watch(false, false); // nothing is read before the program knows of it
                turns.tell();
            }
        }
        armDeadline();
    }

    /**
     * The program is about to be told that it is established; from here on bytes move.
     *
     * @param network as above
     */
    void establish(long network) {
        become(ConnectionState.ESTABLISHED);
        announced = true;
        if (!outgoing) {
            turns.joinSilent(network);
        }
        patience.renew();
        inbound.listen();
        if (!outbound.isEmpty()) {
            turns.write();
        }
        watch();
        armDeadline();
    }

    void armDeadline() {
        if (state != ConnectionState.DISCONNECTED) {
            turns.deadline(Math.min(inbound.pausedUntil(), patience.until(state)));
        }
    }

    // ------------------------------------------------------------ reading and not reading

    void pauseReading(long until) {
        inbound.pause(until);
        watch();
        armDeadline();
    }

    /** Reads again, if nothing else keeps it from that. */
    void resumeReading() {
        if (inbound.isOpen()) {
            inbound.listen();
            watch();
            armDeadline();
            turns.lookAt();
        }
    }

    void watch() {
        if (state.hasEndpoint()) {
            endpoint.watch(inbound.isOpen(), false);
        }
    }

    /** Watches for room to write, too, or no longer; stays in the queue of those that write. */
    void watchWriting(boolean write) {
        if (state.writes()) {
            endpoint.watch(inbound.isOpen(), write && !outbound.isEmpty());
            turns.write();
        }
    }
}
