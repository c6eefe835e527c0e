package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.ConnectionState;
import dev.gridmate.driver.stream.Ending;
import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connecting side: makes the connections that the program asks for, and ends those that it no
 * longer wants.
 */
final class Connector {

    private final StreamCore core;
    private final LocalSide local;
    private final ConnectionTable table;
    private final Acceptor acceptor;
    private final Counters<DriverCounter> counters;
    private final DriverLife<?> life;

    Connector(
            StreamCore core,
            LocalSide local,
            ConnectionTable table,
            Acceptor acceptor,
            Counters<DriverCounter> counters,
            DriverLife<?> life) {
        this.core = core;
        this.local = local;
        this.table = table;
        this.acceptor = acceptor;
        this.counters = counters;
        this.life = life;
    }

    ResultCode connect(SocketDriverAddress address, @Nullable String serverName, StreamLoop loop) {
        SocketDriverAddress own = table.own(address);
        if (table.isTaken(own)) {
            return life.failed(ResultCode.ALREADY_CONNECTED, own + " is connecting or connected already");
        }
        if (!table.hasEntry(own) && !acceptor.hasPlace()) {
            return life.failed(ResultCode.TOO_MANY_CONNECTIONS, "the maximum of " + acceptor.places() + " is reached");
        }
        Endpoint endpoint;
        try {
            endpoint = local.connect(own, serverName);
        } catch (TransportException e) {
            return life.failed(e);
        }
        loop.advance(); // the connect timeout counts from here, and not from the last update
        counters.add(DriverCounter.CONNECTS_STARTED, 1);
        table.add(core.connecting(endpoint, own));
        return ResultCode.OK;
    }

    ResultCode disconnect(SocketDriverAddress address, StreamLoop loop) {
        return end(table.open(address), Ending::disconnect, loop);
    }

    ResultCode abort(SocketDriverAddress address, StreamLoop loop) {
        return end(table.first(address, ConnectionState::isOpen), Ending::abort, loop);
    }

    private static ResultCode end(@Nullable Connection connection, Consumer<Ending> how, StreamLoop loop) {
        if (connection == null) {
            return ResultCode.SEND_ADDRESS_NOT_BOUND;
        }
        loop.advance(); // the drain timeout counts from here
        how.accept(connection.ending());
        return ResultCode.OK;
    }
}
