package dev.gridmate.driver;

import dev.gridmate.internal.HostText;

/** The kind of Internet address that a driver's sockets have. Both ends use the same kind. */
public enum AddressFamily {
    /** The original's {@code BSD_AF_INET}: four-byte addresses only. */
    IPV4,
    /**
     * The original's {@code BSD_AF_INET6}. A driver of this family that is bound to all interfaces
     * also serves IPv4 peers where the system maps them, as most do; they show up under their IPv4
     * address.
     */
    IPV6;

    /**
     * Writes an IPv4 address as an IPv6 address, the original's {@code IPv4ToIPv6}. A driver of the
     * family IPV6 takes both texts for the same address, and shows it as the IPv4 address.
     *
     * @param ip four decimal numbers of 0 to 255 with dots between them, for example {@code
     *     127.0.0.1}
     * @return the mapped address of RFC 4291, section 2.5.5.2, for example {@code ::ffff:127.0.0.1}
     * @throws IllegalArgumentException if it is anything else
     */
    public static String ipv4ToIpv6(String ip) {
        if (!HostText.isIpv4(ip)) {
            throw new IllegalArgumentException("ip \"" + ip + "\" is not four numbers of 0 to 255 with dots between");
        }
        return "::ffff:" + ip;
    }
}
