package dev.gridmate.driver;

import static dev.gridmate.driver.Ends.*;
import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.SimulatedPeer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The edges of the room for packets: a buffer that is full to the byte, a write that is short, a
 * packet that is lent.
 */
class RoomTest {

    private static SimulatedPair narrow() {
        return new SimulatedPair(config ->
                config.maxPacketSize(126).outboundBufferSize(128).slowConsumerPolicy(SlowConsumerPolicy.REJECT));
    }

    @Test
    void aPacketThatFillsTheRoomToTheByteIsTakenWithoutAWriteEachTime() {
        try (SimulatedPair it = narrow()) {
            SimulatedPeer peer = it.peer();
            for (int i = 1; i <= 2; i++) {
                assertThat(it.driver.writableBytes(it.last())).isEqualTo(126);
                ok(it.driver.send(it.last(), buffer(i, 126)));
                assertThat(it.driver.writableBytes(it.last())).isZero();
                assertThat(it.count(DriverCounter.WRITES)).isEqualTo(i - 1);
                it.step(MOMENT);
                it.network.advance(MOMENT);
                assertThat(peer.read(200)).isEqualTo(frame(packet(i, 126)));
                assertThat(it.count(DriverCounter.WRITES)).isEqualTo(i);
            }
        }
    }

    @Test
    void roomThatIsTooSmallForAHeaderIsNone() {
        try (SimulatedPair it = narrow()) {
            it.network.window(1);
            it.peer();
            ok(it.driver.send(it.last(), buffer(0, 125)));
            assertThat(it.driver.writableBytes(it.last()))
                    .as("one byte is free")
                    .isZero();
            assertThat(it.driver.roomFor(it.last())).isZero();
        }
    }

    @Test
    void aWriteThatIsShortIsNotTriedAgainInTheSameUpdate() {
        try (SimulatedPair it = pair()) {
            it.network.window(500);
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 3; i++) {
                ok(it.driver.send(it.last(), buffer(i, 900)));
            }
            it.driver.update();
            assertThat(it.count(DriverCounter.WRITES)).isEqualTo(1);
            long first = it.count(DriverCounter.BYTES_OUT);
            assertThat(first).isBetween(1L, 3 * 902L - 1);
            it.network.advance(MOMENT);
            assertThat(peer.read(100)).hasSize(100);
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.WRITES)).isEqualTo(2);
        }
    }

    @Test
    void anEndIsNotToldWhileAHandlerLooksAtTheLastPacket() {
        for (boolean reset : new boolean[] {false, true}) {
            try (SimulatedPair it = pair()) {
                SimulatedPeer peer = it.peer();
                peer.write(frame(packet(0, 10)));
                if (!reset) {
                    peer.shutdownOutput();
                }
                it.step(MOMENT);
                if (reset) {
                    peer.reset();
                }
                it.step(MOMENT);
                List<byte[]> seen = new ArrayList<>();
                it.driver.receive(
                        (from, packet) -> {
                            it.step(MOMENT);
                            it.step(MOMENT);
                            assertThat(it.events.disconnected).isEmpty();
                            seen.add(DriverPair.copy(packet));
                        },
                        10);
                assertThat(seen).containsExactly(packet(0, 10));
                it.step(MOMENT);
                assertThat(it.events.disconnected).hasSize(1);
                assertThat(it.lastReason().undeliveredPackets()).isZero();
            }
        }
    }
}
