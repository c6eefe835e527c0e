package dev.gridmate.driver.tls;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Accepts connections whose handshakes are still to come. */
final class SecureListener implements Listener {

    private final SecureTransport transport;
    private final Listener inner;

    SecureListener(SecureTransport transport, Listener inner) {
        this.transport = transport;
        this.inner = inner;
    }

    @Override
    public InetSocketAddress localAddress() {
        return inner.localAddress();
    }

    @Override
    public void attach(Ready ready) {
        inner.attach(ready);
    }

    @Override
    public @Nullable Endpoint accept() throws IOException {
        Endpoint accepted = inner.accept();
        return accepted == null ? null : new SecureEndpoint(transport, accepted, false, null);
    }

    @Override
    public void watch(boolean accept) {
        inner.watch(accept);
    }

    @Override
    public void close() {
        inner.close();
    }
}
