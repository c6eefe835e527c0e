package dev.gridmate.carrier;

import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Two carriers on a simulated network, of which one connects to the other; the test moves the
 * clock.
 */
final class Pair implements AutoCloseable {

    static final Duration TICK = Duration.ofMillis(5);

    final SimulatedNetwork network;
    final SimulatedHost serverHost;
    final SimulatedHost clientHost;
    final Side server;
    final Side client;

    Pair(Side.Wire wire) {
        this(wire, 1, UnaryOperator.identity(), UnaryOperator.identity());
    }

    Pair(
            Side.Wire wire,
            long seed,
            UnaryOperator<CarrierDesc.Builder> serverSettings,
            UnaryOperator<CarrierDesc.Builder> clientSettings) {
        network = new SimulatedNetwork(seed);
        serverHost = network.host("10.0.0.1");
        clientHost = network.host("10.0.0.2");
        server = new Side(serverHost, wire, serverSettings);
        client = new Side(clientHost, wire, clientSettings);
    }

    ConnectionId connect() {
        return client.carrier.connect("10.0.0.1", Side.PORT);
    }

    /** Connects, and waits until both sides stand. */
    ConnectionId connected() {
        ConnectionId id = connect();
        runUntil(() -> client.carrier.numConnections() == 1 && server.carrier.numConnections() == 1);
        return id;
    }

    void tick() {
        network.advance(TICK);
        server.update();
        client.update();
    }

    void run(Duration time) {
        long end = network.nanoTime() + time.toNanos();
        while (network.nanoTime() < end) {
            tick();
        }
    }

    /** Runs until something is so, or fails after a minute of simulated time. */
    void runUntil(BooleanSupplier condition) {
        runUntil(condition, Duration.ofMinutes(1));
    }

    void runUntil(BooleanSupplier condition, Duration limit) {
        long end = network.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (network.nanoTime() > end) {
                throw new AssertionError("not within " + limit + "; server told " + server.events + ", has "
                        + server.state() + "; client told " + client.events + ", has " + client.state());
            }
            tick();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
