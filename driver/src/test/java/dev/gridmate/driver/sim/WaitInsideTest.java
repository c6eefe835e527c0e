package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.driver.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens while a driver waits, or while an event is being told. */
class WaitInsideTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final SimulatedHost serverHost = network.host("10.0.0.1");
    private final GridMate gridMate = new GridMate();
    private final List<SocketDriverAddress> established = new ArrayList<>();
    private final List<DisconnectReason> ended = new ArrayList<>();
    private Runnable insideWait = () -> {};
    private Runnable insideEvent = () -> {};
    private StreamSocketDriver driver;

    private final class Hooked extends SimulatedTransport {
        Hooked() {
            super(serverHost);
        }

        @Override
        public void await(long nanos) {
            insideWait.run();
            super.await(nanos);
        }
    }

    private void start(StreamSocketDriverConfig.Builder config) {
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(new StreamSocketDriverEvents() {
            @Override
            public void onConnectionEstablished(SocketDriverAddress address) {
                established.add(address);
                insideEvent.run();
            }

            @Override
            public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
                ended.add(reason);
            }
        });
        Transport.Factory hooked = Hooked::new;
        driver = new StreamSocketDriver(gridMate, config.transport(hooked).build());
        assertThat(driver.initialize(AddressFamily.IPV4, null, 2017)).isEqualTo(ResultCode.OK);
        assertThat(driver.startListen(8)).isEqualTo(ResultCode.OK);
    }

    private SimulatedPeer knock() {
        try {
            return network.host("10.0.0.2").connectRaw(new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 2017));
        } catch (UnknownHostException e) {
            throw new AssertionError("a literal address needs no look-up", e);
        }
    }

    private SimulatedPeer peer() {
        SimulatedPeer peer = knock();
        network.advance(MOMENT);
        driver.update();
        assertThat(established).isNotEmpty();
        return peer;
    }

    private ResultCode send(int size) {
        return driver.send(established.get(0), ByteBuffer.allocate(size));
    }

    @AfterEach
    void close() {
        gridMate.close();
    }

    @Test
    void roomThatAPeerMakesDuringAWaitEndsItAndThenNoMore() {
        network.window(1000);
        start(StreamSocketDriverConfig.builder());
        SimulatedPeer peer = peer();
        for (int i = 0; i < 2; i++) {
            assertThat(send(5000)).isEqualTo(ResultCode.OK);
            driver.update();
            insideWait = () -> peer.read(1000);
            long before = network.nanoTime();
            assertThat(driver.waitForData(Duration.ofSeconds(10))).isTrue();
            assertThat(network.nanoTime()).isEqualTo(before);
            insideWait = () -> {};
            while (driver.update() > 0) {
                while (peer.read(4096).length > 0) {}
            }
            assertThat(driver.waitForData(MOMENT)).isFalse();
        }
    }

    @Test
    void aStandstillInsideAWaitIsCountedEachTimeAndExtendsDeadlines() {
        start(StreamSocketDriverConfig.builder().idleTimeout(Duration.ofSeconds(20)));
        peer();
        insideWait = () -> network.advance(Duration.ofMinutes(10)); // the machine was asleep
        for (int i = 1; i <= 3; i++) {
            driver.waitForData(MOMENT);
            assertThat(driver.counter(DriverCounter.UPDATE_GAPS)).isEqualTo(i);
            driver.update();
        }
        assertThat(ended).isEmpty();
        assertThat(driver.counter(DriverCounter.UPDATE_GAPS)).isEqualTo(3);
    }

    @Test
    void whatIsSentRightAfterALongWaitHasItsWholeWriteTimeout() {
        network.window(1000);
        start(StreamSocketDriverConfig.builder()
                .writeTimeout(Duration.ofSeconds(4))
                .maxPacketSize(1000)
                .outboundBufferSize(4000)
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT));
        peer();
        driver.waitForData(Duration.ofSeconds(40));
        while (send(1000) == ResultCode.OK) {} // the last one writes, since there is no room
        network.advance(Duration.ofMillis(500));
        driver.update();
        driver.update();
        assertThat(ended).isEmpty();
    }

    @Test
    void fromInsideAnEventNoOtherEventIsTold() {
        start(StreamSocketDriverConfig.builder());
        int[] inside = {0};
        List<Integer> depths = new ArrayList<>();
        insideEvent = () -> {
            depths.add(inside[0]++);
            driver.update();
            driver.update();
            inside[0]--;
        };
        knock();
        knock();
        knock();
        for (int i = 0; i < 5; i++) {
            network.advance(MOMENT);
            driver.update();
        }
        assertThat(depths).containsExactly(0, 0, 0);
        assertThat(driver.numberOfConnections()).isEqualTo(3);
    }

    @Test
    void aStandstillInsideAWaitThatADeadlineWasToEndIsCountedAsOftenAndMovesTheOthers() {
        start(StreamSocketDriverConfig.builder().idleTimeout(Duration.ofSeconds(20)));
        for (int i = 1; i <= 2; i++) {
            peer();
            insideWait = () -> network.advance(Duration.ofMinutes(10));
            assertThat(driver.waitForData(Duration.ofHours(1))).isTrue();
            assertThat(driver.counter(DriverCounter.UPDATE_GAPS)).isEqualTo(i);
            insideWait = () -> {};
            peer();
            assertThat(ended).as("of the first one the time is over").hasSize(2 * i - 1);
            assertThat(driver.waitForData(Duration.ofSeconds(19))).isFalse();
            driver.waitForData(Duration.ofSeconds(1));
            driver.update();
            assertThat(ended).hasSize(2 * i);
        }
    }
}
