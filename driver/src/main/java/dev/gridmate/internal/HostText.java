package dev.gridmate.internal;

import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/** What people write for a host: an IP address, or a name that somebody has to look up. */
public final class HostText {

    private static final String NUMBER = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(NUMBER + "(\\." + NUMBER + "){3}");

    private HostText() {}

    /** {@return true if a text is four decimal numbers of 0 to 255 with dots between them} */
    public static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches();
    }

    /** {@return true if a checked text is an address, so that nobody has to be asked for it} */
    public static boolean isAddress(String host) {
        return isIpv4(host) || host.indexOf(':') >= 0;
    }

    /**
     * {@return a host without the brackets that an IPv6 address may have}
     *
     * @param parameter what to call it in the exception
     * @throws IllegalArgumentException if it can be neither an address nor a name
     */
    public static String checked(String parameter, String host) {
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (name.isEmpty() || name.indexOf('|') >= 0 || isHalfAnAddress(name)) {
            throw new IllegalArgumentException(
                    parameter + " \"" + host + "\" is neither an IP address nor the name of a host");
        }
        return name;
    }

    /**
     * {@return the two parts of the original's text form, without a look-up}
     *
     * @param ipPort {@code host|port}
     * @throws IllegalArgumentException if it is anything else
     */
    public static InetSocketAddress parse(String ipPort) {
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
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " of \"" + ipPort + "\" is not 1 to 65535");
        }
        return InetSocketAddress.createUnresolved(checked("address", ipPort.substring(0, bar)), port);
    }

    // The JDK takes 1234 and 127.1 for IPv4, the digits of any script for digits, and nothing at
    // all for the loopback: each a slip of the keyboard, and an address that nobody meant.
    private static boolean isHalfAnAddress(String host) {
        boolean digits = host.chars().allMatch(each -> each == '.' || Character.isDigit(each));
        boolean foreign = host.indexOf(':') >= 0 && host.chars().anyMatch(each -> each > '~');
        return foreign || (digits && !isIpv4(host));
    }
}
