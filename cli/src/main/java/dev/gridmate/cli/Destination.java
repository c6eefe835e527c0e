package dev.gridmate.cli;

import dev.gridmate.driver.HostConnect;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.TlsConfig;
import org.jspecify.annotations.Nullable;

/**
 * Where a command connects to, and how.
 *
 * @param tls how TLS is spoken; null for not at all
 */
record Destination(HostPort to, @Nullable TlsConfig tls, TlsFiles files) {

    static Destination plain(HostPort to) {
        return new Destination(to, null, TlsFiles.NONE);
    }

    /** Begins to connect; how it ends is an event. */
    HostConnect connect(StreamSocketDriver driver) {
        ResultCode code = driver.initialize(to.family());
        if (code == ResultCode.TLS_CONFIGURATION) {
            throw new Failure(files.inTheUsersWords(driver.lastError()));
        }
        if (code != ResultCode.OK) {
            throw new Failure("cannot connect: " + Clients.withWayOut(driver.lastError()));
        }
        try {
            return driver.connectToHost(to.host(), to.port());
        } catch (IllegalArgumentException e) {
            throw new Failure("cannot connect to " + to + ": " + e.getMessage());
        }
    }
}
