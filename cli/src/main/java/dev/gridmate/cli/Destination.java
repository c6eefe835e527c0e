package dev.gridmate.cli;

import dev.gridmate.driver.TlsConfig;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a command connects to, and how.
 *
 * @param tls how TLS is spoken; null for not at all
 */
record Destination(InetSocketAddress address, @Nullable TlsConfig tls, TlsFiles files) {

    static Destination plain(InetSocketAddress address) {
        return new Destination(address, null, TlsFiles.NONE);
    }
}
