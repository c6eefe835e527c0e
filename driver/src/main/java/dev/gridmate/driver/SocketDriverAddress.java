package dev.gridmate.driver;

import dev.gridmate.internal.AddressHash;
import dev.gridmate.internal.IpText;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address of a peer: an IP address and a port. It knows the driver that it belongs to, and
 * outlives it.
 *
 * <p>Within one driver, equal addresses are the same object, so that it may serve as a key in an
 * identity map. The text form is the original's {@code ip|port}, for example {@code 127.0.0.1|2017}
 * or {@code ::1|2017}; IPv6 may be given in any of its forms.
 */
public final class SocketDriverAddress {

    private final InetSocketAddress socketAddress;

    /** Made when it is first asked for; most strangers are never asked. */
    private int hash;

    /** The driver that interned this address: only that one may trust {@link #binding}. */
    final @Nullable Object owner;

    /** The owner's connection with this peer, so that a send needs no look-up. */
    @Nullable
    Object binding;

    /** The place of this address among those announced by its owner. */
    int row;

    SocketDriverAddress(InetSocketAddress socketAddress, @Nullable Object owner) {
        this.socketAddress = socketAddress;
        this.owner = owner;
    }

    /**
     * {@return an address for a driver of your own} The drivers of this package make theirs
     * themselves. Let equal addresses be the same object there, too.
     *
     * @param address resolved, with a port of 1 to 65535
     */
    public static SocketDriverAddress of(InetSocketAddress address) {
        return new SocketDriverAddress(address, null);
    }

    /**
     * {@return the driver that made this address: in an event, the one whose connection it is
     * about} Null for {@link #of}. Any thread may ask.
     */
    public @Nullable Object driver() {
        return owner;
    }

    /**
     * {@return the driver that made this address, as what it is; null for {@link #of}}
     *
     * @param <D> the kind of driver
     * @param type its class, for example {@code StreamSocketDriver.class}
     * @throws ClassCastException if it is of another kind
     */
    public <D> @Nullable D driver(Class<D> type) {
        return type.cast(owner);
    }

    /**
     * {@return the IP address}
     *
     * @throws IllegalStateException if this is the {@link HostConnect#name()} of a host
     */
    public InetAddress ip() {
        InetAddress ip = socketAddress.getAddress();
        if (ip == null) {
            throw new IllegalStateException(this + " is the name of a host, and has no IP address");
        }
        return ip;
    }

    /**
     * {@return false if this is the {@link HostConnect#name()} of a host, which only an {@code
     * onConnectionFailed} has}
     */
    public boolean hasIp() {
        return !socketAddress.isUnresolved();
    }

    /** {@return the port: 1 to 65535} */
    public int port() {
        return socketAddress.getPort();
    }

    /** {@return the same as a JDK type, resolved if it has an IP address} */
    public InetSocketAddress toInetSocketAddress() {
        return socketAddress;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SocketDriverAddress that && isAt(that.socketAddress);
    }

    boolean isAt(InetSocketAddress other) {
        return socketAddress.equals(other) && scope(socketAddress.getAddress()) == scope(other.getAddress());
    }

    /**
     * {@return a hash that differs from process to process} Strangers choose their addresses, and
     * must not be able to choose those that share a hash.
     */
    @Override
    public int hashCode() {
        int made = hash;
        if (made == 0) {
            made = AddressHash.of(socketAddress);
            hash = made;
        }
        return made;
    }

    /**
     * Returns the original's text form, which {@link Driver#createDriverAddress(String)} reads.
     *
     * @return {@code ip|port}; {@code host|port} for the name of a host
     */
    @Override
    public String toString() {
        return hasIp() ? IpText.of(socketAddress) : socketAddress.getHostString() + '|' + port();
    }

    // The JDK's equals ignores the scope, and the same link-local address on two interfaces is two
    // hosts.
    private static int scope(@Nullable InetAddress ip) {
        return ip instanceof Inet6Address v6 && v6.isLinkLocalAddress() ? v6.getScopeId() : 0;
    }
}
