package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that may see figures, and those that may not. */
class GuardTest {

    private static final String TOKEN = "correct-horse-battery";
    private static final String LOCAL = "Host: localhost";
    private static final Pattern COOKIE = Pattern.compile("(?i)set-cookie: ([^;\r]+)(;[^\r]*)");

    private Monitor monitor;

    private void start(Monitor.Builder builder) throws IOException {
        monitor = builder.start();
    }

    @AfterEach
    void stop() {
        monitor.close();
    }

    private String ask(String path, String... headers) throws IOException {
        return Raw.ask(monitor.port(), "GET", path, headers);
    }

    private String post(String token) throws IOException {
        try (Raw client = new Raw(monitor.port())) {
            return client.send("POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                            + token.length() + "\r\n\r\n" + token)
                    .rest();
        }
    }

    @Test
    void aNameThatWasMadeToPointHereIsRefused() throws Exception {
        start(Monitor.builder().hostName("Game1.example.org"));
        for (String path : new String[] {"/", "/metrics", "/snapshot.json"}) {
            assertThat(ask(path, "Host: evil.example")).startsWith("HTTP/1.1 421 ");
            assertThat(ask(path, "Host: 127.0.0.1.evil.example:80")).startsWith("HTTP/1.1 421 ");
            for (String known : new String[] {"localhost:1", "127.0.0.1", "[::1]:80", "game1.example.org:8443"}) {
                assertThat(ask(path, "Host: " + known)).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void withoutTheTokenThereAreNoFigures() throws Exception {
        start(Monitor.builder().token(TOKEN));
        for (String path : new String[] {"/metrics", "/snapshot.json"}) {
            assertThat(ask(path, LOCAL)).startsWith("HTTP/1.1 401 ").contains("Www-authenticate: Bearer");
            assertThat(ask(path, LOCAL, "Authorization: Bearer wrong-horse-battery"))
                    .startsWith("HTTP/1.1 401 ");
            assertThat(ask(path, LOCAL, "Authorization: " + TOKEN)).startsWith("HTTP/1.1 401 ");
            assertThat(ask(path + "?token=" + TOKEN, LOCAL)).startsWith("HTTP/1.1 401 ");
            assertThat(ask(path, LOCAL, "Authorization: Bearer " + TOKEN)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(ask("/", LOCAL)).startsWith("HTTP/1.1 200 ");
        assertThat(ask("/healthz", LOCAL)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aProgramWithTheTokenMayUseAnyName() throws Exception {
        start(Monitor.builder().token(TOKEN));
        assertThat(ask("/metrics", "Host: game1", "Authorization: Bearer " + TOKEN))
                .startsWith("HTTP/1.1 200 ");
        assertThat(ask("/metrics", "Host: game1")).startsWith("HTTP/1.1 421 ");
    }

    @Test
    void aTokenThatIsTypedGivesACookieThatNoScriptReads() throws Exception {
        start(Monitor.builder().token(TOKEN));
        assertThat(post("wrong-horse-battery")).startsWith("HTTP/1.1 401 ").doesNotContainIgnoringCase("set-cookie");
        Matcher cookie = COOKIE.matcher(post(TOKEN));
        assertThat(cookie.find()).isTrue();
        assertThat(cookie.group(1)).doesNotContain(TOKEN);
        assertThat(cookie.group(2)).isEqualTo("; Path=/; HttpOnly; SameSite=Strict");
        assertThat(ask("/snapshot.json", LOCAL, "Cookie: a=b; " + cookie.group(1)))
                .startsWith("HTTP/1.1 200 ");
        assertThat(ask("/snapshot.json", LOCAL, "Cookie: " + cookie.group(1) + "x"))
                .startsWith("HTTP/1.1 401 ");
    }

    @Test
    void aTokenThatCouldBeFoundByTryingIsNotTaken() throws Exception {
        start(Monitor.builder());
        assertThatThrownBy(() -> Monitor.builder().token("short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a token has 16 characters or more, of ASCII without spaces; this one has 5 characters");
        assertThatThrownBy(() -> Monitor.builder().token("sixteen characters"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
