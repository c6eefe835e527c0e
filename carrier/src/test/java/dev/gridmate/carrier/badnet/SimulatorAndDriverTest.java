package dev.gridmate.carrier.badnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the simulator gives to its driver and to the program, and what if they do not take it. */
class SimulatorAndDriverTest extends SimulatorStories {

    @Test
    void aPeerForWhomTheDriverHasNoRoomDoesNotHoldUpOthers() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_BUFFER_FULL);
        simulator.onSend(PEER, packet(1, 10));
        simulator.onSend(OTHER, packet(2, 10));
        simulator.onSend(PEER, packet(3, 10));
        pass(1);
        assertThat(driver.sent).containsExactly(2);
        assertThat(simulator.nextDue()).as("it is tried again").isEqualTo(driver.now + 1_000_000);
        simulator.onSend(PEER, packet(4, 10));
        pass(3);
        assertThat(driver.sent).containsExactly(2);
        driver.answers.clear();
        pass(1);
        assertThat(driver.sent).containsExactly(2, 1, 3, 4);
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSmallPacketDoesNotOvertakeALargeOneForWhichThereWasNoRoom() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.room = 50;
        simulator.onSend(PEER, packet(1, 100));
        simulator.onSend(PEER, packet(2, 10));
        pass(1);
        assertThat(driver.sent).isEmpty();
        simulator.onSend(PEER, packet(3, 10));
        pass(1);
        assertThat(driver.sent).isEmpty();
        driver.room = 100;
        pass(1);
        assertThat(driver.sent).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsHeldIsNotOvertakenByWhatHasNoDelay() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_BUFFER_FULL);
        send(1);
        pass(1);
        driver.answers.clear();
        simulator.setOutgoingLatency(Duration.ZERO, Duration.ZERO);
        send(2);
        assertThat(driver.sent).isEmpty();
        simulator.update();
        assertThat(driver.sent).containsExactly(1, 2);
    }

    @Test
    void whatTheDriverCannotSendIsCounted() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_ADDRESS_NOT_BOUND);
        send(1);
        pass(1);
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(1);
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDriverThatThrowsLosesOnePacketAndNoMore() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.sink = (to, packet) -> {
            driver.sent.add(packet.getInt(0));
            if (packet.getInt(0) == 1) {
                throw new IllegalStateException("broken");
            }
        };
        send(1);
        send(2);
        driver.pass(MILLI);
        assertThatIllegalStateException().isThrownBy(simulator::update);
        simulator.update();
        assertThat(driver.sent).containsExactly(1, 2);
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(1);
    }

    // --- life

    @Test
    void whatCameInIsHandedOutWhenItIsDueAndNotMoreThanTheLimit() {
        simulator.setIncomingLatency(Duration.ofMillis(5), Duration.ofMillis(5));
        List<Integer> got = new ArrayList<>();
        PacketHandler handler = (from, packet) -> {
            assertThat(from).isSameAs(PEER);
            assertThat(packet.isReadOnly()).isTrue();
            assertThat(packet.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(packet.remaining()).isEqualTo(50);
            got.add(packet.order(ByteOrder.LITTLE_ENDIAN).getInt());
        };
        for (int round = 0; round < 3; round++) {
            got.clear();
            for (int i = 0; i < 5; i++) {
                ByteBuffer packet = ByteBuffer.allocate(60).putInt(3, Integer.reverseBytes(i));
                assertThat(simulator.onReceive(PEER, packet.position(3).limit(53)))
                        .isTrue();
                assertThat(packet.position()).isEqualTo(3);
                packet.putInt(3, -1);
            }
            driver.pass(Duration.ofMillis(4));
            assertThat(simulator.receive(handler, 10)).isZero();
            driver.pass(MILLI);
            assertThat(simulator.receive(handler, 3)).isEqualTo(3);
            assertThat(simulator.receive(handler, 3)).isEqualTo(2);
            assertThat(got).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void aHandlerMayCallAnything() {
        simulator.setIncomingLatency(MILLI, MILLI);
        List<Integer> got = new ArrayList<>();
        PacketHandler inner = (from, packet) -> got.add(packet.getInt());
        PacketHandler outer = (from, packet) -> {
            simulator.receive(inner, 1);
            simulator.onReceive(from, packet);
            simulator.onSend(from, packet);
            simulator.update();
            simulator.setIncomingLatency(Duration.ZERO, Duration.ZERO);
            got.add(packet.getInt());
        };
        for (int i = 0; i < 3; i++) {
            simulator.onReceive(PEER, packet(i, 10));
        }
        driver.pass(MILLI);
        assertThat(simulator.receive(outer, 2)).isEqualTo(2);
        assertThat(got).containsExactly(1, 0, 2);
    }

    @Test
    void aHandlerMayUnbindTheDriver() {
        simulator.setIncomingLatency(MILLI, MILLI);
        simulator.onReceive(PEER, packet(1, 10));
        simulator.onReceive(PEER, packet(2, 10));
        driver.pass(MILLI);
        List<Integer> got = new ArrayList<>();
        simulator.receive(
                (from, packet) -> {
                    simulator.unbindDriver();
                    got.add(packet.getInt());
                },
                10);
        assertThat(got).containsExactly(1);
        assertThat(simulator.receive((from, packet) -> {}, 10)).isZero();
        DefaultSimulator.Counters counters = simulator.incomingCounters();
        assertThat(counters.kept().delivered()).isEqualTo(1);
        assertThat(counters.kept().undeliverable()).isEqualTo(1);
    }

    @Test
    void aHandlerThatThrowsHasGotItsPacket() {
        simulator.setIncomingLatency(MILLI, MILLI);
        simulator.onReceive(PEER, packet(1, 10));
        simulator.onReceive(PEER, packet(2, 10));
        driver.pass(MILLI);
        assertThatThrownBy(() -> simulator.receive(
                        (from, packet) -> {
                            throw new IllegalStateException("handler");
                        },
                        10))
                .hasMessage("handler");
        assertThat(simulator.receive((from, packet) -> {}, 10)).isEqualTo(1);
    }

    // --- life

    @Test
    void unbindingDropsWhatIsKeptAndBindingBeginsAnew() {
        simulator.setOutgoingLatency(MILLI, MILLI);
        driver.answers.put(PEER, ResultCode.SEND_BUFFER_FULL);
        send(1);
        pass(1);
        send(2);
        simulator.unbindDriver();
        assertThat(simulator.outgoingCounters().kept().undeliverable()).isEqualTo(2);
        assertThat(simulator.bytesKept()).isZero();
        assertThat(simulator.nextDue()).isEqualTo(Long.MAX_VALUE);
        assertThat(simulator.onSend(PEER, packet(3, 10))).isFalse();
        simulator.update();

        driver.answers.clear();
        driver.now -= Duration.ofDays(1).toNanos(); // another driver, another clock
        simulator.bindDriver(driver);
        send(4);
        pass(1);
        assertThat(driver.sent).containsExactly(4);
    }
}
