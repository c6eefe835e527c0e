package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.fail;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.DriverCounter;

/** What a driver's counters must say, counted independently. */
final class ProgramTally {

    long established;
    long disconnected;
    long failed;
    long connects;
    long packetsIn;
    long packetsOut;
    long bytesOut;
    long rejectedSends;
    long slowConsumers;
    long unsent;
    private long undelivered;
    private long bytesIn;
    private long discarded;
    private long violations;

    /**
     * Connections that may have ended by a timeout; no counter is the same, but none of them goes
     * uncounted.
     */
    long timedOut;

    long events() {
        return established + disconnected + failed;
    }

    void onDisconnected(ProgramEnd end, DisconnectReason reason) {
        unsent += reason.unsentBytes();
        undelivered += reason.undeliveredPackets();
        bytesIn += end.readBytes();
        discarded += end.readBytes() - end.arrivedBytes();
        violations += end.violationAt() <= end.readBytes() ? 1 : 0;
        slowConsumers += reason.code() == DisconnectReason.Code.WRITE_TIMEOUT ? 1 : 0;
    }

    /**
     * What must be true at any moment; {@code waiting} packets have arrived and were not received.
     */
    void verify(Driver driver, long waiting, String name) {
        is(DriverCounter.CONNECTIONS_ESTABLISHED, established, driver, name);
        is(DriverCounter.DISCONNECTS, disconnected, driver, name);
        is(DriverCounter.PACKETS_IN, packetsIn + undelivered + waiting, driver, name);
        is(DriverCounter.PACKETS_OUT, packetsOut, driver, name);
    }

    /** What must be true when the driver is closed. */
    void verifyClosed(Driver driver, long accepted, String name) {
        verify(driver, 0, name);
        if (established != disconnected) {
            fail(name + ": heard established " + established + " times, disconnected " + disconnected + " times");
        }
        is(DriverCounter.CONNECTS_STARTED, connects, driver, name);
        is(DriverCounter.CONNECTS_FAILED, failed, driver, name);
        is(DriverCounter.BYTES_UNSENT, unsent, driver, name);
        is(DriverCounter.BYTES_OUT, bytesOut - unsent, driver, name);
        is(DriverCounter.BYTES_IN, bytesIn, driver, name);
        is(DriverCounter.BYTES_DISCARDED, discarded, driver, name);
        is(DriverCounter.PACKETS_UNDELIVERED, undelivered, driver, name);
        is(DriverCounter.PROTOCOL_ERRORS, violations, driver, name);
        is(DriverCounter.SENDS_REJECTED, rejectedSends, driver, name);
        is(DriverCounter.SLOW_CONSUMERS, slowConsumers, driver, name);
        long kept = driver.counter(DriverCounter.CONNECTIONS_ACCEPTED);
        is(DriverCounter.CONNECTIONS_REJECTED, accepted - kept, driver, name);
    }

    private static void is(DriverCounter counter, long expected, Driver driver, String name) {
        if (driver.counter(counter) != expected) {
            fail(name + ": " + counter + " is " + driver.counter(counter) + ", it should be " + expected);
        }
    }
}
