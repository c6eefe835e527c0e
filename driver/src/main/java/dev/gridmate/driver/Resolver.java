package dev.gridmate.driver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Finds the addresses of a host name. The system's is {@link #system()}; a test gives its own, and
 * needs no name service:
 *
 * <pre>{@code
 * HostNames names = HostNames.builder()
 *         .resolver(host -> List.of(InetAddress.getByName("10.0.0.1")))
 *         .executor(Runnable::run)
 *         .build();
 * }</pre>
 *
 * <p>It is called on the thread of {@link HostNames.Builder#executor}, and may block.
 */
@FunctionalInterface
public interface Resolver {

    /**
     * Finds the addresses of a host.
     *
     * @param host the name, as the program wrote it
     * @return its addresses, the best first, IPv4 and IPv6 mixed; empty if it has none
     * @throws UnknownHostException if no host has the name. Whatever else is thrown is logged, and
     *     counts as no address.
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** {@return the system's: hosts file and DNS, as {@link InetAddress#getAllByName} asks them} */
    static Resolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
