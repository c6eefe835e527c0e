package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gridmate.driver.tls.Certificates;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a packet costs with TLS: bytes allocated by the engine on both sides, for its sending and
 * its receiving.
 */
@Timeout(120)
class TlsCostTest {

    // Bounds are about twice what docs/tls.md says was measured; what they guard is that a burst
    // shares its records.
    @ParameterizedTest
    @CsvSource({"JDK,1,10000", "JDK,100,150", "Conscrypt,1,1000", "Conscrypt,100,20"})
    void packetsThatLeaveTogetherShareWhatARecordCosts(String engine, int burst, int mostBytesPerPacket)
            throws GeneralSecurityException {
        TlsConfig server = config(engine, Certificates.COMMON.server());
        TlsConfig client = config(engine, null);
        try (Loopback it = Loopback.server(Loopback.config().tls(server).build());
                Loopback other =
                        it.unconnectedClient(Loopback.config().tls(client).build())) {
            SocketDriverAddress to = other.addressOf(it);
            ok(other.driver.connectTo(to));
            it.until(() -> !other.events.established.isEmpty() && !it.events.established.isEmpty());
            ByteBuffer packet = ByteBuffer.allocateDirect(64);
            PacketHandler ignore = (from, lent) -> {};
            long allocated = CostTest.allocatedBy(
                    () -> {
                        for (int i = 0; i < burst; i++) {
                            other.driver.send(to, packet);
                        }
                        other.driver.flush();
                        int received = 0;
                        while (received < burst) {
                            it.driver.update();
                            received += it.driver.receive(ignore, burst);
                        }
                    },
                    0);
            long perPacket = allocated / ((long) CostTest.MEASURED * burst);
            System.out.printf(
                    "TLS of %s, %s: %d bytes allocated for each of %d packets of 64 bytes that leave together%n",
                    engine, other.driver.tlsSession(to).getProtocol(), perPacket, burst);
            assertThat(perPacket).isLessThan(mostBytesPerPacket);
        }
    }

    private static TlsConfig config(String engine, Certificates.Identity identity) throws GeneralSecurityException {
        assumeTrue(engine.equals("JDK") || Conscrypt.isAvailable(), "Conscrypt's native library does not load here");
        Provider provider = engine.equals("JDK") ? SSLContext.getDefault().getProvider() : Conscrypt.newProvider();
        return TlsConfig.builder()
                .sslContext(TlsPeer.context(provider, Certificates.COMMON, identity))
                .skipHostNameCheck() // Conscrypt knows no host names unless it is given somebody who does
                .build();
    }
}
