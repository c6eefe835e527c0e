package dev.gridmate.driver;

/** The kind of Internet address that a driver's sockets have. Both ends use the same kind. */
public enum AddressFamily {
    /** The original's {@code BSD_AF_INET}: four-byte addresses only. */
    IPV4,
    /**
     * The original's {@code BSD_AF_INET6}. A driver of this family that is bound to all interfaces also serves IPv4
     * peers where the system maps them, as most do; they show up under their IPv4 address.
     */
    IPV6
}
