package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A listening driver on a simulated network, and a clock moved by hand: tests of what time does to
 * connections.
 */
final class SimulatedPair implements AutoCloseable {

    static final int PORT = 2017;

    final SimulatedNetwork network = new SimulatedNetwork(1);
    final SimulatedHost serverHost = network.host("10.0.0.1");
    final SimulatedHost peerHost = network.host("10.0.0.2");
    final GridMate gridMate = new GridMate();
    final Recorder events = Recorder.on(gridMate);
    final StreamSocketDriver driver;

    SimulatedPair(UnaryOperator<StreamSocketDriverConfig.Builder> settings) {
        driver = new StreamSocketDriver(
                gridMate,
                settings.apply(Loopback.config().transport(serverHost)).build());
        ok(driver.initialize(AddressFamily.IPV4, null, PORT));
        ok(driver.startListen(16));
    }

    static InetSocketAddress at(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("a literal address needs no look-up", e);
        }
    }

    /** A peer that is connected and announced. */
    SimulatedPeer peer() {
        int before = driver.numberOfConnections();
        SimulatedPeer peer = peerHost.connectRaw(at("10.0.0.1", PORT));
        for (int i = 0; i < 20 && driver.numberOfConnections() == before; i++) {
            step(Duration.ofMillis(1));
        }
        return peer;
    }

    /** Moves the clock, then updates once. */
    void step(Duration time) {
        network.advance(time);
        driver.update();
    }

    /** Lets time go by as it does for a program that updates every ten milliseconds. */
    void pass(Duration time) {
        for (Duration gone = Duration.ZERO; gone.compareTo(time) < 0; gone = gone.plusMillis(10)) {
            step(Duration.ofMillis(10));
        }
    }

    /** Waits for something at most so long; returns how long that was. */
    Duration waitFor(Duration most) {
        long before = network.nanoTime();
        if (!driver.waitForData(most)) {
            assertThat(network.nanoTime() - before).isEqualTo(most.toNanos());
        }
        return Duration.ofNanos(network.nanoTime() - before);
    }

    long count(DriverCounter counter) {
        return driver.counter(counter);
    }

    /** The peer that was announced last. */
    SocketDriverAddress last() {
        return events.established.get(events.established.size() - 1);
    }

    DisconnectReason lastReason() {
        return events.reasons.get(events.reasons.size() - 1);
    }

    DisconnectReason.Code lastCode() {
        return events.reasons.get(events.reasons.size() - 1).code();
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
