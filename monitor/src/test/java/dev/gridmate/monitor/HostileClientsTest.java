package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DriverCounter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are slow, or many: they lose their connection, and the loop notices nothing. */
@Timeout(120)
class HostileClientsTest {

    private static final String ASK = "GET /uPlot.iife.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private Game game;
    private Monitor monitor;
    private final List<Raw> clients = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        game = new Game();
        monitor = Monitor.builder()
                .add(game.server())
                .requestTimeout(Duration.ofMillis(500))
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Raw each : clients) {
            each.close();
        }
        monitor.close();
        game.close();
    }

    private Raw client(String sends) throws IOException {
        Raw client = new Raw(monitor.port()).send(sends);
        clients.add(client);
        return client;
    }

    private void assertThatTheGameGoesOn() throws Exception {
        long before = game.server().counter(DriverCounter.PACKETS_IN);
        game.connect(1);
        game.fallAsleep(1, 100);
        assertThat(game.server().counter(DriverCounter.PACKETS_IN)).isGreaterThan(before);
    }

    @Test
    void aClientThatNeverEndsItsHeadersIsClosed() throws Exception {
        Raw slow = client("GET / HTTP/1.1\r\nHost: localho");
        assertThat(slow.rest()).isEmpty();
    }

    @Test
    void clientsThatDoNotReadAreClosedAndOthersAreServed() throws Exception {
        for (int i = 0; i < 2 * Workers.THREADS; i++) {
            client(ASK.repeat(500)); // 25 megabytes of answers
        }
        assertThatTheGameGoesOn();
        assertThat(Raw.ask(monitor.port(), "GET", "/healthz", "Host: localhost"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void moreThanMayWaitAreClosedAtOnce() throws Exception {
        List<Raw> many = new ArrayList<>();
        for (int i = 0; i < 2 * (Workers.THREADS + Workers.WAITING); i++) {
            many.add(client("GET / HTTP/1.1\r\nHost: localho"));
        }
        assertThatTheGameGoesOn();
        for (Raw each : many) {
            assertThat(each.rest()).isEmpty();
        }
        assertThat(Raw.ask(monitor.port(), "GET", "/healthz", "Host: localhost"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aHeaderWithoutEndIsCutOff() throws Exception {
        Raw client = client("GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
        try {
            while (true) {
                client.send("x".repeat(10_000));
            }
        } catch (IOException e) {
            assertThat(e).isNotNull(); // the server has closed the connection
        }
        assertThat(Raw.ask(monitor.port(), "GET", "/healthz", "Host: localhost"))
                .startsWith("HTTP/1.1 200 ");
    }
}
