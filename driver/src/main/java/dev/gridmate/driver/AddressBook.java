package dev.gridmate.driver;

import dev.gridmate.internal.Arguments;
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
     * {@return this book's object equal to an address that may come from another driver; null if
     * there is none}
     */
    @Nullable
    SocketDriverAddress find(SocketDriverAddress address) {
        return known.find(address.toInetSocketAddress());
    }

    SocketDriverAddress parse(String ipPort) {
        int bar = ipPort.lastIndexOf('|');
        if (bar <= 0) {
            throw new IllegalArgumentException("address \"" + ipPort + "\" is not of the form ip|port");
        }
        int port;
        try {
            port = Integer.parseInt(ipPort.substring(bar + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("address \"" + ipPort + "\" has no number behind the |", e);
        }
        if (port < 1 || port > 65_535) { // before a name is looked up for nothing
            throw new IllegalArgumentException("port " + port + " of \"" + ipPort + "\" is not 1 to 65535");
        }
        return checked(new InetSocketAddress(lookUp("address", ipPort.substring(0, bar), family), port));
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
            throw new IllegalArgumentException("address " + ip.getHostAddress() + " is not " + family
                    + ", which this driver was initialized with");
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

    /** Looks a host up; a literal IP address asks nobody. */
    static InetAddress lookUp(String parameter, String host, AddressFamily family) {
        InetAddress[] found;
        try {
            found = InetAddress.getAllByName(unbracketed(host));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    parameter + " \"" + host + "\" is no IP address, and no host has that name", e);
        }
        for (InetAddress each : found) {
            if (each instanceof Inet4Address == (family == AddressFamily.IPV4)) {
                return each;
            }
        }
        if (fits(found[0], family)) {
            return found[0];
        }
        throw new IllegalArgumentException(
                parameter + " \"" + host + "\" is " + found[0].getHostAddress() + ", which is not " + family);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    // An IPv6 socket reaches IPv4 peers as well, and its driver shows them under their IPv4
    // address.
    private static boolean fits(InetAddress ip, AddressFamily family) {
        return family == AddressFamily.IPV6 || ip instanceof Inet4Address;
    }
}
