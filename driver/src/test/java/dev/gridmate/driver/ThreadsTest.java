package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadsTest {

    @Test
    void aCallFromAnotherThreadThrowsWithBothNames() throws InterruptedException {
        try (Loopback server = Loopback.server()) {
            Throwable thrown = onThread("intruder", server.driver::update);
            assertThat(thrown)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"intruder\"")
                    .hasMessageContaining('"' + Thread.currentThread().getName() + '"');
        }
    }

    @Test
    void anotherThreadMayReadCountersAndStopAWait() throws InterruptedException {
        try (Loopback server = Loopback.server()) {
            assertThat(onThread("observer", () -> {
                        server.driver.stopWaitForData();
                        server.driver.counter(DriverCounter.PACKETS_IN);
                    }))
                    .isNull();
        }
    }

    @Test
    void afterHandOverTheNextThreadToCallOwnsTheDriver() throws InterruptedException {
        Loopback server = Loopback.server();
        server.driver.handOver();
        assertThat(onThread("new owner", server.driver::update)).isNull();
        assertThat(onThread("third", server.driver::update)).hasMessageContaining("new owner");
        Throwable here = catchThrowable(server.driver::update);
        assertThat(here).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aThreadThatWasInterruptedDoesNotLoseItsConnections() {
        try (Loopback server = Loopback.server()) {
            Loopback client = server.connectedClient();
            Thread.currentThread().interrupt();
            client.driver.send(client.addressOf(server), Packets.buffer(0, 10));
            server.until(() -> server.received.size() == 1);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(server.events.disconnected).isEmpty();
        }
    }

    private static Throwable onThread(String name, Runnable task) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Throwable t) {
                        thrown.set(t);
                    }
                },
                name);
        thread.start();
        thread.join();
        return thrown.get();
    }

    @Test
    void closingAndAskingForTheLastErrorAreForTheOwnerAlsoWhenTheDriverIsClosed() throws InterruptedException {
        Loopback server = Loopback.server();
        for (int i = 0; i < 2; i++) {
            assertThat(onThread("intruder", server.driver::close)).hasMessageContaining("\"intruder\"");
            assertThat(onThread("intruder", server.driver::lastError)).hasMessageContaining("\"intruder\"");
            assertThat(server.driver.isInitialized()).isEqualTo(i == 0);
            server.close();
        }
        assertThat(server.driver.isInitialized()).isFalse();
    }
}
