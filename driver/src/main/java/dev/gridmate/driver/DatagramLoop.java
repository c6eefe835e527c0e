package dev.gridmate.driver;

import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.LoopTime;
import dev.gridmate.snapshot.ConnectionsSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.EndsSnapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.Source;
import dev.gridmate.views.Exhibit;
import dev.gridmate.views.LoopMeter;
import java.time.Instant;

/**
 * How the loop of a datagram driver keeps its pace, and the pictures of it. There is little else to
 * do in an update.
 */
final class DatagramLoop {

    /** A gap above this is counted: as a stream driver does by default. */
    private static final long GAP_LIMIT = 1_000_000_000L;

    private final DatagramTransport transport;
    private final Counters<DriverCounter> counters;
    private final Exhibit<DriverSnapshot, DisconnectReason.Code> exhibit;
    private final LoopTime time;
    private final LoopMeter meter;

    DatagramLoop(
            DatagramTransport transport,
            Counters<DriverCounter> counters,
            Exhibit<DriverSnapshot, DisconnectReason.Code> exhibit) {
        this.transport = transport;
        this.counters = counters;
        this.exhibit = exhibit;
        long now = transport.nanoTime();
        time = new LoopTime(GAP_LIMIT, now);
        meter = new LoopMeter(now);
    }

    /** An update begins. */
    void begin() {
        onGap(time.advance(transport.nanoTime()));
        meter.begin(time.lastReal());
    }

    /** The update ends; takes the pictures that were asked for. */
    void end(int work) {
        exhibit.notices().updated(meter.end(transport.nanoTime(), work), work);
        exhibit.serve();
    }

    void waited(long from, long to, long asked) {
        onGap(time.advance(from));
        onGap(time.advanceWaiting(to, asked));
        meter.waited(from, to);
    }

    private void onGap(boolean isGap) {
        if (isGap) {
            counters.add(DriverCounter.UPDATE_GAPS, 1);
            exhibit.notices().gap(time.lastGap());
        }
        meter.away(time.lastGap(), isGap);
    }

    void close() {
        exhibit.close();
    }

    LoopMeter meter() {
        return meter;
    }

    DriverSnapshot paint(SnapshotRequest request) {
        Source source = exhibit.source(transport.localAddress(), true, Instant.now(), transport.nanoTime());
        return new DriverSnapshot(
                source, meter.snapshot(), counters.all(), ConnectionsSnapshot.NONE, EndsSnapshot.NONE, null);
    }
}
