package dev.gridmate.driver.tls;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/**
 * The name that a server has to prove: a host name or an address.
 *
 * @param text the name in ASCII, without a dot at its end
 * @param kind what can be done with it
 */
public record ServerName(String text, Kind kind) {

    /** What can be done with a name. */
    public enum Kind {
        /** It is asked for (SNI), and the JDK checks certificates for it. */
        HOST,
        /** It is not asked for: RFC 6066 forbids addresses. The JDK checks certificates for it. */
        ADDRESS,
        /**
         * A name in use that is not a host name by RFC 952. The JDK neither asks for it nor checks
         * it.
         */
        UNUSUAL
    }

    private static final int LONGEST = 253;
    private static final int CERTIFICATE_DNS_NAME = 2;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");
    private static final Pattern ENDS_WITH_A_NUMBER = Pattern.compile("(.*\\.)?[0-9]+");
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9A-Fa-f:.]+");

    /**
     * {@return a name that a program gives}
     *
     * @throws IllegalArgumentException if it is neither a host name nor an address
     */
    public static ServerName of(String given) {
        Objects.requireNonNull(given, "serverName");
        if (given.indexOf(':') >= 0) {
            return new ServerName(ipv6(given), Kind.ADDRESS);
        }
        String name = ascii(given);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1); // an absolute name; certificates and SNI have it without
        }
        if (IPV4.matcher(name).matches()) {
            return new ServerName(name, Kind.ADDRESS);
        }
        // What ends with a number is a mistyped address: there is no such top-level domain.
        if (name.length() > LONGEST
                || !NAME.matcher(name).matches()
                || ENDS_WITH_A_NUMBER.matcher(name).matches()) {
            throw refused(given, null);
        }
        return new ServerName(name, isHostName(name) ? Kind.HOST : Kind.UNUSUAL);
    }

    private static String ascii(String given) {
        try {
            return IDN.toASCII(given, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException e) {
            throw refused(given, e);
        }
    }

    // A zone belongs to this host, and is not in any certificate.
    private static String ipv6(String given) {
        int zone = given.indexOf('%');
        String address = zone < 0 ? given : given.substring(0, zone);
        if (!IPV6_CHARACTERS.matcher(address).matches()) {
            throw refused(given, null);
        }
        try {
            return InetAddress.getByName(address).getHostAddress(); // of these characters nothing is looked up
        } catch (UnknownHostException e) {
            throw refused(given, e);
        }
    }

    private static boolean isHostName(String name) {
        try {
            return !new SNIHostName(name).getAsciiName().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException refused(String given, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "serverName is \"" + given + "\", it must be a host name or an address, without a port", cause);
    }

    /**
     * {@return true if a certificate is for this name, by RFC 6125: the first label may be an
     * asterisk there}
     */
    boolean isIn(X509Certificate certificate) {
        String name = text.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        String wildcard = dot < 0 ? name : "*" + name.substring(dot);
        return dnsNames(certificate).stream()
                .map(each -> each.toLowerCase(Locale.ROOT))
                .anyMatch(each -> each.equals(name) || each.equals(wildcard));
    }

    private static List<String> dnsNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(each -> each.get(0).equals(CERTIFICATE_DNS_NAME))
                            .map(each -> String.valueOf(each.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
