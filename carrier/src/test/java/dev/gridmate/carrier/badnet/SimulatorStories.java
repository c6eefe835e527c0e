package dev.gridmate.carrier.badnet;

import dev.gridmate.carrier.Addresses;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** A simulator before a driver that notes what it sends, and a clock that the test moves. */
abstract class SimulatorStories {

    static final long SEED = 20_170_219;
    static final Duration MILLI = Duration.ofMillis(1);
    static final SocketDriverAddress PEER = Addresses.of(4);
    static final SocketDriverAddress OTHER = Addresses.of(5);

    final FakeDriver driver = new FakeDriver();
    DefaultSimulator simulator = bound(SEED);

    DefaultSimulator bound(long seed) {
        DefaultSimulator made = new DefaultSimulator(seed);
        made.bindDriver(driver);
        made.enable();
        return made;
    }

    static ByteBuffer packet(int number, int size) {
        return ByteBuffer.allocate(size).putInt(0, number);
    }

    /**
     * What a carrier does: the packet goes to the simulator, and if that does not take it, to the
     * driver.
     */
    void send(int number) {
        if (!simulator.onSend(PEER, packet(number, 100))) {
            driver.sent.add(number);
        }
    }

    void step(Duration time) {
        driver.pass(time);
        simulator.update();
    }

    void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            step(MILLI);
        }
    }

    static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }
}
