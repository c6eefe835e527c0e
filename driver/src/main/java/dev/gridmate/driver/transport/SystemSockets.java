package dev.gridmate.driver.transport;

/** The system's sockets: what drivers use when they were given no other network. */
public final class SystemSockets {

    private SystemSockets() {}

    /**
     * Opens a transport over TCP sockets.
     *
     * @return the transport
     * @throws TransportException if the system has no descriptors left
     */
    public static Transport tcp() throws TransportException {
        return new NioTransport();
    }

    /**
     * Opens a transport over a UDP socket.
     *
     * @return the transport, not bound yet
     * @throws TransportException if the system has no descriptors left
     */
    public static DatagramTransport udp() throws TransportException {
        return new NioDatagramTransport();
    }
}
