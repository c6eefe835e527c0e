package dev.gridmate.driver;

import dev.gridmate.EventBus;
import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.ConnectionState;
import dev.gridmate.driver.stream.Figures;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.internal.Counters;
import dev.gridmate.views.EndLog;
import dev.gridmate.views.Notices;

/**
 * Tells the program of connections that are established or over, one after another, in the order in
 * which it happened.
 *
 * <p>Events fire when no list of connections is being walked, so that a handler may do anything.
 * From inside an event, nothing fires: the loop goes on when the handler is done, and so every
 * handler hears the events in the same order. What an event leads to is told in the next update, or
 * a handler that connects again whenever a connect fails might keep this one from ever returning.
 */
final class Announcer {

    private final StreamCore core;
    private final ConnectionTable table;
    private final Acceptor acceptor;
    private final HostConnects hosts;
    private final EventBus<StreamSocketDriverEvents> events;
    private final Counters<DriverCounter> counters;
    private final DriverLife<?> life;
    private final EndLog<DisconnectReason.Code> ends;
    private final Notices notices;

    private boolean announcing;
    private int established;

    Announcer(ConnectionTable table, Acceptor acceptor, HostConnects hosts, StreamParts parts) {
        this.core = parts.core();
        this.table = table;
        this.acceptor = acceptor;
        this.hosts = hosts;
        this.events = parts.events();
        this.counters = parts.counters();
        this.life = parts.life();
        this.ends = parts.exhibit().ends();
        this.notices = parts.exhibit().notices();
    }

    /**
     * {@return the number of connections that were announced as established and not yet as
     * disconnected}
     */
    int established() {
        return established;
    }

    /** {@return how much there is to tell now} */
    int news() {
        return core.newsCount() + hosts.newsCount();
    }

    /** {@return true if a handler is being told something} */
    boolean isAnnouncing() {
        return announcing;
    }

    /** Tells what there is to tell now; returns how much that was. */
    int announce() {
        return announce(news());
    }

    /** Tells everything, also what that leads to. */
    void announceAll() {
        announce(Integer.MAX_VALUE);
    }

    private int announce(int most) {
        if (announcing) {
            return 0;
        }
        announcing = true;
        int fired = 0;
        try {
            for (int i = 0; i < most || life.isClosed(); i++) { // a driver that a handler closes tells everything
                Connection next = core.nextNews();
                HostConnect failed = next == null ? hosts.nextFailed() : null;
                if (failed != null) {
                    announceFailure(failed);
                    fired++;
                } else if (next == null) {
                    break;
                } else if (hosts.isToBeTold(next) && table.isFirst(next)) { // else it speaks when its turn comes
                    announce(next);
                    fired++;
                } else if (next.state() == ConnectionState.ACCEPT) {
                    table.supersedeBefore(next);
                }
            }
        } finally {
            announcing = false;
        }
        return fired;
    }

    private void announce(Connection connection) {
        if (connection.state() == ConnectionState.ACCEPT && acceptor.isOverfull() && !acceptor.makePlace()) {
            connection.ending().turnAway();
        } else if (connection.state().isUnannounced()) {
            connection.establish();
            established++;
            table.onEstablished(connection.address());
            counters.add(DriverCounter.CONNECTIONS_ESTABLISHED, 1);
            SocketDriverAddress address = connection.address();
            tellOthers(connection, address);
            events.dispatch(handler -> handler.onConnectionEstablished(address));
        } else if (connection.state().isOver()) {
            Connection successor = table.removeFirst(connection);
            acceptor.onEnded(connection);
            try {
                announceEnd(connection.address(), connection);
            } finally {
                table.onTold();
                if (successor != null) {
                    successor.promote();
                }
            }
        }
    }

    private void announceFailure(HostConnect failed) {
        DisconnectReason reason = failed.reason();
        ends.add(false, reason.code(), new EndLog.Entry(0, failed.name(), reason.detail(), 0, core.now()));
        announceFailure(failed.name(), reason);
    }

    private void tellOthers(Connection connection, SocketDriverAddress address) {
        notices.opened(connection.number(), address, connection.isOutgoing());
        if (connection.endpoint().hasHandshake()) {
            notices.handshakeMade(
                    connection.number(), address, connection.figures().age());
        }
    }

    private void tellOthers(Connection connection, EndLog.Entry end, DisconnectReason reason) {
        Figures figures = connection.figures();
        notices.ended(end, reason.code().name(), connection.wasAnnounced(), figures.bytesIn(), figures.bytesOut());
        switch (reason.code()) {
            case SLOW_CONSUMER, WRITE_TIMEOUT ->
                notices.slowConsumer(end.number(), end.address(), reason.unsentBytes());
            case TLS_FAILED, HANDSHAKE_TIMEOUT -> {
                if (!connection.wasAnnounced()) {
                    notices.handshakeFailed(end.number(), end.address(), end.age(), reason.detail());
                }
            }
            default -> {} // nothing that anybody should act on
        }
    }

    private void announceEnd(SocketDriverAddress address, Connection connection) {
        DisconnectReason reason = connection.ending().reason();
        long age = connection.figures().age();
        EndLog.Entry end = new EndLog.Entry(connection.number(), address, reason.detail(), age, core.now());
        ends.add(connection.wasAnnounced(), reason.code(), end);
        tellOthers(connection, end, reason);
        if (connection.wasAnnounced()) {
            established--;
            counters.add(DriverCounter.DISCONNECTS, 1);
            events.dispatch(handler -> handler.onConnectionDisconnected(address, reason));
        } else if (connection.isOutgoing()) {
            announceFailure(address, reason);
        } else {
            life.lastError("nothing came of " + connection + ": " + reason);
        }
    }

    private void announceFailure(SocketDriverAddress address, DisconnectReason reason) {
        counters.add(DriverCounter.CONNECTS_FAILED, 1);
        events.dispatch(handler -> handler.onConnectionFailed(address, reason));
    }
}
