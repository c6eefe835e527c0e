package dev.gridmate.driver;

import static dev.gridmate.driver.Packets.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.SimulatedPeer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tests of the end of a connection have in common. */
final class Ends {

    static final Duration MOMENT = Duration.ofMillis(1);

    private Ends() {}

    static SimulatedPair pair() {
        return new SimulatedPair(config -> config.maxPacketSize(1000));
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] join(byte[]... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] each : pieces) {
            all.writeBytes(each);
        }
        return all.toByteArray();
    }

    static byte[] readAll(SimulatedPeer peer) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = peer.read(4096); piece.length > 0; piece = peer.read(4096)) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    static List<byte[]> receiveAll(SimulatedPair it) {
        List<byte[]> received = new ArrayList<>();
        it.driver.receive((from, packet) -> received.add(DriverPair.copy(packet)), 1000);
        return received;
    }

    /** It ended once, and nothing is left of it. */
    static void assertOver(SimulatedPair it, DisconnectReason.Code code, String detail) {
        it.pass(Duration.ofSeconds(30));
        assertThat(it.events.disconnected).hasSize(1);
        assertThat(it.lastCode()).isEqualTo(code);
        assertThat(it.lastReason().detail()).isEqualTo(detail);
        assertThat(it.count(DriverCounter.DISCONNECTS)).isEqualTo(1);
        assertThat(it.count(DriverCounter.CONNECTIONS_ESTABLISHED)).isEqualTo(1);
        assertThat(it.driver.numberOfConnections()).isZero();
        assertThat(it.driver.send(it.last(), buffer(0, 1))).isEqualTo(ResultCode.SEND_ADDRESS_NOT_BOUND);
        assertThat(it.count(DriverCounter.TIMEOUTS)).isZero();
        assertThat(it.serverHost.openEndpoints()).isZero();
        assertThat(it.driver.update()).isZero();
    }
}
