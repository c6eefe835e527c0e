package dev.gridmate.driver.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.AddressFamily;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a connect of the system's sockets begins, and how one fails that never had a chance. */
@Timeout(60)
class NioConnectTest {

    private static final SocketOptions OPTIONS = new SocketOptions(AddressFamily.IPV4, 0, 0);
    private static final InetSocketAddress ANYWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Transport server;
    private Transport client;
    private Listener listener;

    @BeforeEach
    void open() throws IOException {
        server = SystemSockets.tcp();
        client = SystemSockets.tcp();
        listener = server.listen(ANYWHERE, 8, OPTIONS);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private Endpoint accepted() throws IOException {
        Endpoint accepted = listener.accept();
        while (accepted == null) {
            server.await(1_000_000);
            accepted = listener.accept();
        }
        return accepted;
    }

    private boolean finished(Endpoint connecting) throws IOException {
        while (!connecting.finishConnect()) {
            client.await(1_000_000);
        }
        return true;
    }

    @Test
    void aLocalAddressWithoutAPortIsTheOneThatConnectsBoundOrNot() throws IOException {
        for (String each : new String[] {"127.0.0.1", "127.0.0.2"}) { // the system's own choice, and another
            InetAddress ip = InetAddress.getByName(each);
            Endpoint connected = client.connect(new InetSocketAddress(ip, 0), listener.localAddress(), OPTIONS, null);
            assertThat(accepted().remoteAddress().getAddress()).isEqualTo(ip);
            assertThat(finished(connected)).isTrue();
            assertThat(connected.localAddress().getAddress()).isEqualTo(ip);
        }
    }

    @Test
    void aConnectComesFromWhereItWasTold() throws IOException {
        InetSocketAddress free = freePort();
        Endpoint connected = client.connect(free, listener.localAddress(), OPTIONS, null);
        assertThat(accepted().remoteAddress()).isEqualTo(free);
        assertThat(finished(connected)).isTrue();
    }

    @Test
    void aSocketThatMeetsItselfIsRefused() throws IOException {
        InetSocketAddress free = freePort();
        Endpoint lonely = client.connect(free, free, OPTIONS, null);
        assertThatThrownBy(() -> finished(lonely))
                .isInstanceOf(ConnectException.class)
                .hasMessageStartingWith("Connection refused");
    }

    @Test
    void whatTheSystemRefusesAtOnceIsToldWhenTheConnectIsFinished() throws IOException {
        InetSocketAddress everybody = new InetSocketAddress(InetAddress.getByName("255.255.255.255"), 9);
        Endpoint refused = client.connect(null, everybody, OPTIONS, null);
        assertThatThrownBy(() -> finished(refused)).isInstanceOf(IOException.class);
    }

    private InetSocketAddress freePort() throws IOException {
        Listener once = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, OPTIONS);
        once.close();
        return once.localAddress();
    }
}
