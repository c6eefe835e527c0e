package dev.gridmate.carrier;

import dev.gridmate.driver.sim.SimulatedNetwork;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A server and a client, and a stranger that speaks to the server in the client's name. */
final class SpoofedPair implements AutoCloseable {

    private static final int NUMBERS = 65_536;
    private static final int AT_ONCE = 64;

    final SimulatedNetwork network = new SimulatedNetwork(1);
    final Side server;
    final Side client;
    final ConnectionId toServer;
    final SplittableRandom random = new SplittableRandom(1);

    /** What the stranger does before each tick. */
    Runnable beforeEachTick = () -> {};

    private final RawPeer stranger;

    SpoofedPair(UnaryOperator<CarrierDesc.Builder> settings) {
        network.window(64 << 20);
        SpoofedSocket socket = new SpoofedSocket(network.host("10.0.0.1").openDatagrams());
        stranger = socket.inNameOf(new InetSocketAddress("10.0.0.2", Side.PORT));
        server = new Side(() -> socket, settings);
        client = new Side(network.host("10.0.0.2"), Side.Wire.UDP, UnaryOperator.identity());
        toServer = client.carrier.connect("10.0.0.1", Side.PORT);
        run(Duration.ofSeconds(1));
        server.events.clear();
    }

    /** Sends some datagrams with numbers that are a step apart, and goes on there the next time. */
    void sweep(int step, Consumer<RawPeer> forgery) {
        for (int i = 0; i < AT_ONCE; i++) {
            stranger.begin();
            forgery.accept(stranger);
            stranger.send();
            stranger.sequence = (stranger.sequence - 1 + step) % NUMBERS;
        }
    }

    /** Sends some datagrams with numbers that are guessed. */
    void guess(int count, Consumer<RawPeer> forgery) {
        for (int i = 0; i < count; i++) {
            stranger.sequence = random.nextInt(NUMBERS);
            stranger.begin();
            forgery.accept(stranger);
            stranger.send();
        }
    }

    void forgeRequests(int count) {
        for (int i = 0; i < count; i++) {
            stranger.send(stranger.connectRequest());
        }
    }

    void tick() {
        network.advance(Pair.TICK);
        beforeEachTick.run();
        server.update();
        client.update();
    }

    void run(Duration time) {
        long end = network.nanoTime() + time.toNanos();
        while (network.nanoTime() < end) {
            tick();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
