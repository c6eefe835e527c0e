package dev.gridmate.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Addresses as the original writes them: {@code ip|port}, and an IPv6 address in its short form
 * (RFC 5952, sections 4 and 5). The JDK writes every zero.
 */
public final class IpText {

    private static final int GROUPS = 8;

    private IpText() {}

    /** {@return {@code ip|port} for an address that is resolved} */
    public static String of(InetSocketAddress address) {
        return of(address.getAddress()) + '|' + address.getPort();
    }

    /** {@return the text of an address, without the name that it was looked up by} */
    public static String of(InetAddress ip) {
        String full = ip.getHostAddress();
        if (!(ip instanceof Inet6Address)) {
            return full;
        }
        int scope = full.indexOf('%');
        return shortened(ip.getAddress()) + (scope < 0 ? "" : full.substring(scope));
    }

    private static String shortened(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF);
        }
        int begin = longestZeros(groups);
        int end = begin + zerosAt(groups, begin);
        if (begin == 0 && end == 5 && groups[5] == 0xFFFF) { // IPv4, mapped
            return "::ffff:" + (bytes[12] & 0xFF) + '.' + (bytes[13] & 0xFF) + '.' + (bytes[14] & 0xFF) + '.'
                    + (bytes[15] & 0xFF);
        }
        return end - begin < 2 // a single zero is not shortened
                ? joined(groups, 0, GROUPS)
                : joined(groups, 0, begin) + "::" + joined(groups, end, GROUPS);
    }

    /** {@return where the longest row of zeros begins, the first one of those that are as long} */
    private static int longestZeros(int[] groups) {
        int best = 0;
        for (int i = 1; i < GROUPS; i++) {
            if (zerosAt(groups, i) > zerosAt(groups, best)) {
                best = i;
            }
        }
        return best;
    }

    private static int zerosAt(int[] groups, int from) {
        int end = from;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - from;
    }

    private static String joined(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
