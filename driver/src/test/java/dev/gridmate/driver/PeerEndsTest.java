package dev.gridmate.driver;

import static dev.gridmate.driver.Ends.*;
import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.sim.SimulatedPeer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How a peer ends its connection: what the program is told, what the peer sees, what is counted.
 */
class PeerEndsTest {

    // ------------------------------------------------------------ the peer breaks the rules

    @Test
    void aLengthOfZeroEndsItsConnectionAndWhatWasAcceptedForThePeerLeavesFirst() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(7, 500)));
            peer.write(join(frame(packet(0, 10)), bytes(0, 0, 1, 2, 3)));
            it.step(MOMENT);
            assertThat(readAll(peer)).isEqualTo(frame(packet(7, 500)));
            assertThat(peer.isAtEnd()).isTrue();
            assertThat(peer.isReset()).isFalse();
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(5);
            assertThat(receiveAll(it)).hasSize(1);
            assertOver(it, Code.PROTOCOL_ERROR, "the peer sent a frame of length 0");
            assertThat(it.count(DriverCounter.PROTOCOL_ERRORS)).isEqualTo(1);
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(5);
            assertThat(it.lastReason().unsentBytes()).isZero();
        }
    }

    @Test
    void aPacketAboveTheMaximumEndsItsConnectionWithBothNumbers() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(join(frame(packet(0, 1000)), frame(packet(1, 1001))));
            it.step(MOMENT);
            assertThat(receiveAll(it)).hasSize(1);
            assertOver(it, Code.PACKET_TOO_LARGE, "the peer announced a packet of 1001 bytes, the maximum is 1000");
            assertThat(it.count(DriverCounter.PROTOCOL_ERRORS)).isEqualTo(1);
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(1003);
        }
    }

    @Test
    void aBadHeaderThatArrivesWithAResetIsOneEndAndItsReasonIsTheHeader() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            byte[] filler = new byte[2048 - 12 - 2]; // as much as a first read takes, so that there is a second one
            peer.write(join(frame(packet(0, 10)), bytes(0, 0), filler));
            it.network.advance(MOMENT);
            peer.reset();
            it.step(MOMENT);
            assertThat(receiveAll(it)).hasSize(1);
            assertOver(it, Code.PROTOCOL_ERROR, "the peer sent a frame of length 0");
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(2048 - 12);
        }
    }

    @Test
    void aRateBeyondTheLimitEndsItsConnectionIfThatIsThePolicyAndAQuietSecondIsForgotten() {
        try (SimulatedPair it = new SimulatedPair(
                config -> config.maxBytesPerSecond(1000).rateLimitPolicy(RateLimitPolicy.DISCONNECT))) {
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 3; i++) {
                it.pass(Duration.ofSeconds(2));
                peer.write(frames(10, 98)); // a second's worth to the byte
                it.step(MOMENT);
                assertThat(receiveAll(it)).hasSize(10);
            }
            ok(it.driver.send(it.last(), buffer(7, 50)));
            peer.write(frame(packet(0, 98)));
            it.step(MOMENT);
            assertThat(readAll(peer)).isEqualTo(frame(packet(7, 50)));
            assertThat(receiveAll(it)).as("it had arrived").hasSize(1);
            assertOver(it, Code.RATE_LIMITED, "the peer sent more than 0 packets or 1000 bytes per second (0: any)");
            assertThat(it.count(DriverCounter.RATE_LIMITED)).isEqualTo(1);
            assertThat(it.count(DriverCounter.THROTTLES)).isZero();
            assertThat(peer.isReset()).isFalse();
        }
    }

    @Test
    void aRateBelowTheLimitIsNeverThrottled() {
        try (SimulatedPair it = new SimulatedPair(config -> config.maxPacketsPerSecond(10))) {
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 50; i++) {
                it.pass(Duration.ofMillis(100));
                peer.write(frame(packet(i, 98)));
                it.step(MOMENT);
                assertThat(receiveAll(it)).hasSize(1);
            }
            assertThat(it.count(DriverCounter.THROTTLES)).isZero();
        }
    }

    // ------------------------------------------------------------ the peer goes

    @Test
    void aPeerThatClosesBehindAWholePacketLostNothing() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(frame(packet(0, 10)));
            peer.shutdownOutput();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.events.disconnected)
                    .as("a packet waits for the program")
                    .isEmpty();
            assertThat(receiveAll(it)).hasSize(1);
            assertOver(it, Code.REMOTE_CLOSED, "the peer closed the connection");
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isZero();
            assertThat(readAll(peer)).isEmpty();
            assertThat(peer.isAtEnd()).isTrue();
            assertThat(peer.isReset()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, half a header",
        "2, 0 of the 10 bytes of a packet",
        "11, 9 of the 10 bytes of a packet",
    })
    void aPeerThatClosesInsideAPacketIsToldAndTheTailIsCounted(int tail, String what) {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            byte[] frame = frame(packet(1, 10));
            peer.write(frame(packet(0, 10)));
            peer.write(Arrays.copyOf(frame, tail));
            peer.shutdownOutput();
            it.step(MOMENT);
            it.step(MOMENT);
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(tail);
            assertThat(receiveAll(it)).hasSize(1);
            assertOver(it, Code.REMOTE_CLOSED_MID_PACKET, "the peer closed the connection after " + what);
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(tail);
        }
    }

    @Test
    void aResetEndsBothDirectionsAndWhatHadArrivedIsReceived() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(join(frames(3, 10), bytes(0, 9, 1)));
            it.network.advance(MOMENT);
            peer.reset();
            it.network.advance(MOMENT);
            it.driver.update();
            it.driver.update();
            assertThat(it.driver.isConnectedTo(it.last())).isFalse();
            assertThat(it.events.disconnected).isEmpty();
            assertThat(receiveAll(it)).hasSize(3);
            assertOver(it, Code.REMOTE_RESET, "Connection reset");
            assertThat(it.count(DriverCounter.BYTES_DISCARDED)).isEqualTo(3);
        }
    }

    @Test
    void aWriteThatBreaksReadsFirstWhatArrivedWithTheReset() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(3, 10));
            it.network.advance(MOMENT);
            peer.reset();
            it.network.advance(MOMENT);
            ok(it.driver.send(it.last(), buffer(0, 100)));
            assertThat(it.driver.flush()).isZero();
            assertThat(receiveAll(it)).hasSize(3);
            assertOver(it, Code.REMOTE_RESET, "Broken pipe");
            assertThat(it.lastReason().unsentBytes()).isEqualTo(102);
            assertThat(it.count(DriverCounter.BYTES_UNSENT)).isEqualTo(102);
        }
    }

    @Test
    void aWriteAndAReadThatBreakTogetherAreOneEnd() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(2, 1000));
            peer.write(frame(packet(2, 42))); // with it 2,048 bytes, so that the read behind them finds the reset
            it.network.advance(MOMENT);
            peer.reset();
            it.network.advance(MOMENT);
            ok(it.driver.send(it.last(), buffer(0, 100)));
            assertThat(it.driver.flush()).isZero();
            assertThat(receiveAll(it)).hasSize(3);
            assertOver(it, Code.REMOTE_RESET, "Connection reset");
            assertThat(it.lastReason().unsentBytes()).isEqualTo(102);
        }
    }

    @Test
    void aSendThatFindsTheConnectionBrokenSaysSoAndWhatArrivedIsReceived() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(frames(2, 10));
            it.network.advance(MOMENT);
            peer.reset();
            it.network.advance(MOMENT);
            int accepted = 0;
            ResultCode code = it.driver.send(it.last(), buffer(0, 1000));
            while (code == ResultCode.OK) {
                accepted++;
                code = it.driver.send(it.last(), buffer(0, 1000));
            }
            assertThat(code).isEqualTo(ResultCode.SEND);
            assertThat(it.count(DriverCounter.SENDS_REJECTED)).isEqualTo(1);
            assertThat(it.count(DriverCounter.PACKETS_OUT)).isEqualTo(accepted);
            assertThat(receiveAll(it)).hasSize(2);
            it.pass(MOMENT);
            assertThat(it.lastReason())
                    .isEqualTo(new DisconnectReason(Code.REMOTE_RESET, "Broken pipe", accepted * 1002L, 0));
            assertThat(it.count(DriverCounter.SLOW_CONSUMERS)).isZero();
        }
    }

    @Test
    void whoClosesAndLosesBytesByAResetHearsOfBoth() {
        try (SimulatedPair it = pair()) {
            it.network.window(500);
            SimulatedPeer peer = it.peer();
            for (int i = 0; i < 5; i++) {
                ok(it.driver.send(it.last(), buffer(0, 1000)));
            }
            ok(it.driver.disconnectFrom(it.last()));
            it.step(MOMENT);
            long sent = it.count(DriverCounter.BYTES_OUT);
            peer.reset();
            it.step(MOMENT);
            assertOver(it, Code.LOCAL_CLOSED, "closed by this side; then Connection reset");
            assertThat(it.lastReason().unsentBytes()).isEqualTo(5 * 1002 - sent);
        }
    }

    @Test
    void whoClosesAndLosesNothingByAResetHearsOfTheCloseOnly() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            ok(it.driver.send(it.last(), buffer(0, 1000)));
            ok(it.driver.disconnectFrom(it.last()));
            it.step(MOMENT);
            peer.reset();
            it.step(MOMENT);
            assertOver(it, Code.LOCAL_CLOSED, "closed by this side");
        }
    }

    @Test
    void aPeerThatClosedFirstIsTheReasonAlsoWhenThisSideClosesToo() {
        try (SimulatedPair it = pair()) {
            SimulatedPeer peer = it.peer();
            peer.write(frame(packet(0, 10)));
            peer.shutdownOutput();
            it.step(MOMENT);
            it.step(MOMENT);
            ok(it.driver.send(it.last(), buffer(7, 10)));
            ok(it.driver.disconnectFrom(it.last()));
            assertThat(it.driver.disconnectFrom(it.last()))
                    .as("a second time")
                    .isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
            it.step(MOMENT);
            assertThat(readAll(peer)).isEqualTo(frame(packet(7, 10)));
            assertThat(peer.isAtEnd()).isTrue();
            assertThat(receiveAll(it)).hasSize(1);
            assertOver(it, Code.REMOTE_CLOSED, "the peer closed the connection");
        }
    }
}
