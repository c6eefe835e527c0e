package dev.gridmate.cli;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a server takes from each address, over any driver. */
final class PerAddressOptions {

    @Option(
            names = "--per-ip",
            paramLabel = "N",
            description =
                    "Have at most this many connections from one address (IPv6: its first 64 bits); 0: any number."
                            + " Default: 128, and any number on a loopback --bind.")
    private @Nullable Integer perIp;

    @Option(
            names = "--connect-rate",
            paramLabel = "N",
            description = "Accept at most this many connections per second from one address; 0: any number."
                    + " Default: 128, and any number on a loopback --bind.")
    private @Nullable Integer connectRate;

    /**
     * {@return how many connections one address may have; 0 for any number}
     *
     * @param bind where the server listens: on the loopback all peers are this machine's own, and
     *     nothing limits them unless it is asked for
     * @param otherwise what holds for others if nothing is asked for
     */
    int connections(CommandSpec command, InetAddress bind, int otherwise) {
        return limit(command, "--per-ip", perIp, Integer.MAX_VALUE, bind.isLoopbackAddress() ? 0 : otherwise);
    }

    /** {@return the same for the connections that begin in a second} */
    int connectsPerSecond(CommandSpec command, InetAddress bind, int most, int otherwise) {
        return limit(command, "--connect-rate", connectRate, most, bind.isLoopbackAddress() ? 0 : otherwise);
    }

    private static int limit(CommandSpec command, String option, @Nullable Integer asked, int most, int otherwise) {
        if (asked == null) {
            return otherwise;
        }
        Checks.range(command, option, asked, 0, most);
        return asked;
    }
}
