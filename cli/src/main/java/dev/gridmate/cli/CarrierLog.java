package dev.gridmate.cli;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.CarrierEvents;
import dev.gridmate.carrier.ConnectionId;
import dev.gridmate.carrier.DriverError;
import dev.gridmate.carrier.SecurityError;
import dev.gridmate.driver.SocketDriverAddress;
import java.io.PrintStream;

/**
 * Tells of connections that did not come about, or ended for another reason than that a program
 * asked for it; with {@code verbose} of every one, and of what came in that must not.
 */
final class CarrierLog extends EventLog implements CarrierEvents {

    CarrierLog(PrintStream err, Style style) {
        super(err, style);
    }

    @Override
    public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
        usual("connected " + peer(carrier, id));
    }

    @Override
    public void onFailedToConnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
        unusual("not connected " + peer(carrier, id) + " " + reason);
    }

    @Override
    public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
        String line = "disconnected " + peer(carrier, id) + " " + reason;
        if (isUsual(reason)) {
            usual(line);
        } else {
            unusual(line);
        }
    }

    // A kick is worth a line, and so are words of any kind. The reason's text has them escaped.
    private static boolean isUsual(CarrierDisconnectReason reason) {
        return switch (reason.code()) {
            case USER_REQUESTED -> reason.peerCode() == 0;
            case SHUTTING_DOWN -> reason.peerText().isEmpty();
            default -> false;
        };
    }

    @Override
    public void onDriverError(Carrier carrier, ConnectionId id, DriverError error) {
        usual("driver error " + peer(carrier, id) + " " + error.code() + " " + error.message());
    }

    @Override
    public void onSecurityError(Carrier carrier, ConnectionId id, SecurityError error) {
        usual("bad input " + peer(carrier, id) + " " + error);
    }

    private static String peer(Carrier carrier, ConnectionId id) {
        SocketDriverAddress address = carrier.connectionToAddress(id);
        return address == null ? "from a stranger" : HostPort.text(address.toInetSocketAddress());
    }
}
