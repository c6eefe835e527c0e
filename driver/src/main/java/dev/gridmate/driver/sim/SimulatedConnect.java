package dev.gridmate.driver.sim;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;

/**
 * The way of one connect: to a host that is there or not, is refused, goes into a black hole, or
 * knocks at a listener until its backlog has room.
 */
final class SimulatedConnect {

    /** How long a client waits before it knocks again at a full backlog; Linux waits a second. */
    private static final long KNOCK_AGAIN = 1_000_000_000L;

    private final SimulatedEndpoint client;
    private final SimulatedHost host;
    private final SimulatedNetwork network;
    private final SimulatedLink link;
    private final InetSocketAddress remote;

    SimulatedConnect(SimulatedEndpoint client, SimulatedLink link) {
        this.client = client;
        this.link = link;
        host = client.host;
        network = host.network;
        remote = client.remoteAddress();
    }

    void start() {
        SimulatedHost target = network.hostAt(remote.getAddress());
        if (target == null) {
            network.transit().send(network.arrival(link), host, host, this::findNoRoute);
        } else if (network.chance(link.faults().breaks().connectsBlackHoled())) {
            network.transit().hold(host, target, () -> knock(target));
        } else {
            boolean refused = network.chance(link.faults().breaks().connectsRefused());
            network.transit().send(network.arrival(link), host, target, () -> {
                if (refused) {
                    refuse(target);
                } else {
                    knock(target);
                }
            });
        }
    }

    private void findNoRoute() {
        client.onRefused(new NoRouteToHostException("No route to host"));
    }

    private void knock(SimulatedHost target) {
        if (!client.isOpen()) {
            return;
        }
        SimulatedListener listener = target.listenerAt(remote.getAddress(), remote.getPort(), false);
        if (listener == null) {
            refuse(target);
            return;
        }
        SimulatedEndpoint server = listener.onConnect(client);
        if (server == null) {
            network.transit().send(network.nanoTime() + KNOCK_AGAIN, host, target, () -> knock(target));
        } else {
            long due = server.out.inOrder(network.arrival(link));
            network.transit().send(due, target, host, () -> client.onConnected(server));
        }
    }

    private void refuse(SimulatedHost target) {
        network.transit().send(network.arrival(link), target, host, () -> {
            client.trace("is refused");
            client.onRefused(new ConnectException("Connection refused"));
        });
    }
}
