package dev.gridmate.driver;

import dev.gridmate.internal.Arguments;
import dev.gridmate.internal.HostText;
import dev.gridmate.internal.IpText;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that within a driver equal addresses are the same object, for as long as anybody holds
 * one. Connections hold theirs; when neither they nor the program do, the entry goes, so that a
 * server may meet any number of peers, and a flood of datagrams with invented senders fills no
 * memory for longer than until the next garbage collection.
 */
final class AddressBook {

    private final Object owner;
    private final AddressFamily family;
    private final WeakAddressSet known = new WeakAddressSet();

    AddressBook(Object owner, AddressFamily family) {
        this.owner = owner;
        this.family = family;
    }

    Object owner() {
        return owner;
    }

    SocketDriverAddress intern(InetSocketAddress address) {
        SocketDriverAddress present = known.find(address);
        if (present != null) {
            return present;
        }
        SocketDriverAddress made = new SocketDriverAddress(address, owner);
        known.add(made);
        return made;
    }

    /**
     * {@return a host and a port as a program gives them, without a look-up}
     *
     * @throws IllegalArgumentException if they can be no peer of this driver's
     */
    InetSocketAddress nameOrAddress(String host, int port) {
        String text = HostText.checked("host", host);
        Arguments.inRange("port", port, 1, 65_535);
        return HostText.isAddress(text)
                ? new InetSocketAddress(lookUp("host", text, family), port)
                : InetSocketAddress.createUnresolved(text, port);
    }

    /** {@return an object for a peer whose address may not be known} */
    SocketDriverAddress name(InetSocketAddress host) {
        return host.isUnresolved() ? new SocketDriverAddress(host, owner) : intern(host);
    }

    boolean isIpv4Only() {
        return family == AddressFamily.IPV4;
    }

    /**
     * {@return this book's object equal to an address that may come from another driver; null if
     * there is none}
     */
    @Nullable
    SocketDriverAddress find(SocketDriverAddress address) {
        return known.find(address.toInetSocketAddress());
    }

    SocketDriverAddress parse(String ipPort) {
        InetSocketAddress asked = HostText.parse(ipPort); // before a name is looked up for nothing
        return checked(new InetSocketAddress(lookUp("address", asked.getHostString(), family), asked.getPort()));
    }

    SocketDriverAddress checked(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) {
            throw new IllegalArgumentException("address " + address + " is unresolved: look the name up first");
        }
        if (address.getPort() == 0) {
            throw new IllegalArgumentException("address " + address + " has port 0, it must be 1 to 65535");
        }
        if (!fits(ip, family)) {
            throw new IllegalArgumentException(
                    "address " + IpText.of(ip) + " is not " + family + ", which this driver was initialized with");
        }
        return intern(new InetSocketAddress(ip, address.getPort()));
    }

    /**
     * {@return where to bind} A name is looked up; without one it is every address of this machine.
     */
    static InetSocketAddress toBind(AddressFamily family, @Nullable String address, int port) {
        Arguments.inRange("port", port, 0, 65_535);
        if (address == null) {
            return new InetSocketAddress(anyAddress(family), port);
        }
        InetAddress ip = lookUp("address", address, family);
        if (family == AddressFamily.IPV6 && ip.getAddress().length == 4) {
            throw new IllegalArgumentException("address " + address + " is IPv4, the family is " + family);
        }
        return new InetSocketAddress(ip, port);
    }

    private static InetAddress anyAddress(AddressFamily family) {
        try {
            return InetAddress.getByAddress(new byte[family == AddressFamily.IPV4 ? 4 : 16]);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 are the lengths of addresses", e);
        }
    }

    /**
     * Looks a host up; a literal IP address asks nobody.
     *
     * @throws HostNotFoundException if no host has the name, or none of its addresses is of the
     *     family
     */
    static InetAddress lookUp(String parameter, String host, AddressFamily family) {
        String name = HostText.checked(parameter, host);
        boolean isAddress = HostText.isAddress(name);
        InetAddress[] found;
        try {
            found = InetAddress.getAllByName(name);
        } catch (UnknownHostException e) {
            String what = parameter + " \"" + host + "\" is no IP address, and no host has that name";
            throw isAddress ? new IllegalArgumentException(what, e) : new HostNotFoundException(name, what, e);
        }
        for (InetAddress each : found) {
            if (each instanceof Inet4Address == (family == AddressFamily.IPV4)) {
                return each;
            }
        }
        if (fits(found[0], family)) {
            return found[0];
        }
        String what = parameter + " \"" + host + "\" is " + IpText.of(found[0]) + ", which is not " + family;
        throw isAddress ? new IllegalArgumentException(what) : new HostNotFoundException(name, what, null);
    }

    // An IPv6 socket reaches IPv4 peers as well, and its driver shows them under their IPv4
    // address.
    private static boolean fits(InetAddress ip, AddressFamily family) {
        return family == AddressFamily.IPV6 || ip instanceof Inet4Address;
    }
}
