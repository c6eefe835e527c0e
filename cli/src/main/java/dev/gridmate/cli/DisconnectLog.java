package dev.gridmate.cli;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverEvents;
import java.io.PrintStream;

/**
 * Tells of connections that ended for another reason than that one side closed; with {@code
 * verbose} of every one.
 */
final class DisconnectLog extends EventLog implements StreamSocketDriverEvents {

    DisconnectLog(PrintStream err, Style style) {
        super(err, style);
    }

    @Override
    public void onConnectionEstablished(SocketDriverAddress address) {
        usual("connected " + HostPort.text(address.toInetSocketAddress()));
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        String line = "disconnected " + HostPort.text(address.toInetSocketAddress()) + " " + reason;
        switch (reason.code()) {
            case REMOTE_CLOSED, LOCAL_CLOSED, DRIVER_CLOSED -> usual(line);
            default -> unusual(line);
        }
    }
}
