package dev.gridmate.driver.tls;

import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Listener;
import dev.gridmate.driver.transport.Ready;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Accepts connections whose handshakes are still to come. */
final class SecureListener implements Listener {

    private final Listener inner;
    private final UnaryOperator<Endpoint> secure;

    /** @param secure puts TLS on top of what was accepted */
    SecureListener(Listener inner, UnaryOperator<Endpoint> secure) {
        this.inner = inner;
        this.secure = secure;
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
        return accepted == null ? null : secure.apply(accepted);
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
