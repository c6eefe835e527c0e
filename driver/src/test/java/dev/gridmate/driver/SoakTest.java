package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SoakTest {

    private static final int ROUNDS = 3_000;

    @Test
    void connectingAndPartingThousandsOfTimesLeavesNoDescriptorBehind() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.connectedClient();
            SocketDriverAddress to = client.addressOf(server);
            part(server, client, 0);
            long before = openDescriptors();
            for (int round = 1; round <= ROUNDS; round++) {
                ok(client.driver.connectTo(to));
                client.driver.send(to, Packets.buffer(round, 100));
                int packets = round;
                server.until(() -> server.received.size() == packets);
                part(server, client, round);
            }
            assertThat(openDescriptors()).isLessThanOrEqualTo(before + 5);
            assertThat(server.count(DriverCounter.CONNECTIONS_ESTABLISHED)).isEqualTo(ROUNDS + 1);
            assertThat(server.count(DriverCounter.DISCONNECTS)).isEqualTo(ROUNDS + 1);
        }
    }

    private static void part(Loopback server, Loopback client, int round) {
        SocketDriverAddress to = client.addressOf(server);
        if (round % 3 == 0) {
            ok(client.driver.abort(to));
        } else {
            ok(client.driver.disconnectFrom(to));
        }
        server.until(() -> client.driver.numberOfConnections() + server.driver.numberOfConnections() == 0);
    }

    private static long openDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
