package dev.gridmate.monitor;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests may see figures.
 *
 * <p><b>The token</b> comes in one of two ways. Programs send {@code Authorization: Bearer TOKEN}.
 * A person types it into the page, which posts it once and gets a cookie: with a value of its own,
 * that no script can read and that no other site's requests carry. The token is never part of an
 * address, where it would stay in the browser's history, in logs, and in the terminal.
 *
 * <p><b>The host.</b> A page from elsewhere can let its own name point to 127.0.0.1, and then its
 * scripts may read what this server answers. But the browser still says the name in {@code Host}.
 * So names are refused, but {@code localhost} and those that the program gave; an IP address cannot
 * be made to point elsewhere. A program that sends the token has no such scripts, and may use any
 * name.
 */
final class Guard {

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final @Nullable Token token;
    private final Set<String> names;
    private final String cookieName;
    private final String cookieValue = Token.random();
    private final Token cookie = Token.of(cookieValue);

    /**
     * @param token null if none is needed
     * @param names what the server may be called, in lower case
     */
    Guard(@Nullable Token token, Set<String> names, int port) {
        this.token = token;
        this.names = Set.copyOf(names);
        cookieName = "gridmate-monitor-" + port; // cookies of all ports of a host are in one jar
    }

    /** {@return the refusal; empty if the request may see figures} */
    Optional<Reply> refusal(Headers request) {
        boolean hasToken = hasToken(request);
        if (!hasToken && !isKnownHost(request.getFirst("Host"))) {
            return Optional.of(wrongHost());
        }
        boolean mayEnter = token == null || hasToken || hasCookie(request);
        return mayEnter ? Optional.empty() : Optional.of(noToken());
    }

    /** {@return the refusal of a page that holds no figures; empty if the host is known} */
    Optional<Reply> refusalOfPage(Headers request) {
        return isKnownHost(request.getFirst("Host")) ? Optional.empty() : Optional.of(wrongHost());
    }

    /** {@return the answer to a token that a person typed} */
    Reply enter(String typed) {
        if (token != null && !token.matches(typed)) {
            return noToken();
        }
        return Reply.text(204, "")
                .with("Set-Cookie", cookieName + "=" + cookieValue + "; Path=/; HttpOnly; SameSite=Strict");
    }

    private static Reply wrongHost() {
        return Reply.text(
                421,
                "This monitor does not know that name as its own. Use its IP address, or give the name to the"
                        + " monitor's builder with hostName(...).\n");
    }

    private static Reply noToken() {
        return Reply.text(401, "A token is needed: send the header \"Authorization: Bearer TOKEN\".\n")
                .with("WWW-Authenticate", "Bearer realm=\"gridmate-monitor\"");
    }

    private boolean hasToken(Headers request) {
        String given = request.getFirst("Authorization");
        return token != null
                && given != null
                && given.regionMatches(true, 0, "Bearer ", 0, 7)
                && token.matches(given.substring(7).strip());
    }

    private boolean hasCookie(Headers request) {
        for (String line : request.getOrDefault("Cookie", List.of())) {
            for (String pair : line.split(";", -1)) {
                String[] parts = pair.strip().split("=", 2);
                if (parts.length == 2 && parts[0].equals(cookieName) && cookie.matches(parts[1])) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isKnownHost(@Nullable String host) {
        if (host == null) {
            return true; // no browser leaves it out
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return name.equals("localhost") || names.contains(name) || isIpAddress(name);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /** A name cannot look like one: the last part of a name is not a number. */
    private static boolean isIpAddress(String name) {
        return name.startsWith("[") || IPV4.matcher(name).matches();
    }
}
