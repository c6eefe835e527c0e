package dev.gridmate.cli;

import dev.gridmate.driver.AddressFamily;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a server is, as the user wrote it. */
record HostPort(String host, int port) {

    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");
    private static final Pattern ZEROS = Pattern.compile("(?:^|:)0(?::0)+(?::|$)");

    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new TypeConversionException(
                    "'" + text + "' is not HOST:PORT, for example 127.0.0.1:2017 or [::1]:2017");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new TypeConversionException(
                    "'" + text + "': an IPv6 address goes in brackets, for example [::1]:2017");
        }
        return new HostPort(host, port(text, text.substring(colon + 1)));
    }

    private static int port(String text, String digits) {
        try {
            int port = Integer.parseInt(digits);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("'" + text + "': the port is a number from 1 to 65535");
    }

    static HostPort of(InetAddress ip, int port) {
        return new HostPort(ip.getHostAddress(), port);
    }

    /** The host is a name, which somebody has to look up, and not an address. */
    boolean isName() {
        return host.indexOf(':') < 0 && !IPV4.matcher(host).matches();
    }

    /**
     * The family of the sockets that reach the host: those of IPv6 reach both kinds of addresses
     * that a name may have.
     */
    AddressFamily family() {
        boolean isIpv6 = isName() ? hasIpv6() : host.indexOf(':') >= 0;
        return isIpv6 ? AddressFamily.IPV6 : AddressFamily.IPV4;
    }

    private static boolean hasIpv6() {
        try {
            DatagramChannel.open(StandardProtocolFamily.INET6).close();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    static InetAddress lookUp(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new Failure("no host is named " + host + ": check the spelling, or use an IP address");
        }
    }

    static AddressFamily family(InetAddress ip) {
        return ip instanceof Inet6Address ? AddressFamily.IPV6 : AddressFamily.IPV4;
    }

    /** Writes an address the way that {@link #parse} reads it. */
    static String text(InetAddress ip, int port) {
        String host = ip.getHostAddress();
        return (ip instanceof Inet6Address ? "[" + shorten(host) + "]" : host) + ":" + port;
    }

    static String text(InetSocketAddress address) {
        return text(address.getAddress(), address.getPort());
    }

    /** Writes an address as this program does that a driver writes as {@code ip|port}. */
    static String ofDriver(String address) {
        int bar = address.lastIndexOf('|');
        if (bar < 0) {
            return address;
        }
        String ip = address.substring(0, bar);
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + address.substring(bar + 1);
    }

    // Java writes the zeros out; everybody else, and the user, writes :: for the longest run of
    // them (RFC 5952).
    private static String shorten(String ip) {
        String longest = "";
        Matcher zeros = ZEROS.matcher(ip);
        while (zeros.find()) {
            longest = zeros.group().length() > longest.length() ? zeros.group() : longest;
        }
        return longest.isEmpty() ? ip : ip.replaceFirst(longest, "::");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String value) {
            return parse(value);
        }
    }
}
