package dev.gridmate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run of a workload came to.
 *
 * @param complete whether it ran for as long as it was planned
 * @param nanos between the moments for which the numbers of packets are known
 * @param packets that came back between them, or that a sink took
 * @param bytes of those packets
 * @param mismatched packets that came and should not have
 * @param unsent packets that were due and never left: leaving them out unsaid would be an omission,
 *     too
 * @param unanswered packets that did not come back at all
 * @param busyPercent the share of the time in which this program had something to do
 * @param worstTick nanoseconds by which the latest tick started too late
 */
record BenchResult(
        BenchPlan plan,
        boolean complete,
        long nanos,
        long packets,
        long bytes,
        long mismatched,
        long unsent,
        long unanswered,
        double busyPercent,
        long worstTick,
        RoundTrips roundTrips) {

    private static final double BUSY = 90;

    private double packetsPerSecond() {
        return packets * 1e9 / nanos;
    }

    private double megabytesPerSecond() {
        return bytes * 1e3 / nanos;
    }

    // Those of a stream say how long its queue was.
    private boolean hasRoundTrips() {
        return plan.workload() != Workload.STREAM && roundTrips.fromDue().getTotalCount() > 0;
    }

    Figures figures() {
        Figures figures = new Figures()
                .add("connections", plan.connections())
                .add("size_bytes", plan.size())
                .addGiven("warmup_seconds", plan.warmup() / 1e9);
        if (plan.isPaced()) {
            figures.addGiven("rate_per_second", plan.perSecond());
        }
        if (plan.window() > BenchPlan.ONE_PACKET && !plan.oneWay()) {
            figures.add("window_bytes", plan.window());
        }
        figures.add("complete", complete)
                .add("one_way", plan.oneWay())
                .add("seconds", nanos / 1e9)
                .add("packets", packets)
                .add("bytes", bytes)
                .add("mismatched", mismatched)
                .add("unsent", unsent)
                .add("unanswered", unanswered)
                .add("packets_per_second", packetsPerSecond())
                .add("megabytes_per_second", megabytesPerSecond())
                .add("client_busy_percent", busyPercent);
        if (plan.isPaced()) {
            figures.add("tick_late_us_max", worstTick / 1e3);
        }
        if (plan.isPaced() && hasRoundTrips()) {
            figures.addPercentiles("round_trip_from_due_us_", roundTrips.fromDue())
                    .addPercentiles("round_trip_from_leaving_us_", roundTrips.fromLeaving());
        } else if (hasRoundTrips()) {
            figures.addPercentiles("round_trip_us_", roundTrips.fromLeaving());
        }
        return figures;
    }

    /** Returns the lines for people. */
    List<String> text(Screen screen) {
        List<String> lines = new ArrayList<>();
        lines.add(heading());
        lines.add(amounts());
        if (unsent + unanswered > 0) {
            lines.add(String.format(
                    Locale.ROOT, "  in no figure: %,d due and not sent, %,d sent and not back", unsent, unanswered));
        }
        if (plan.isPaced() && hasRoundTrips()) {
            lines.add("round trip in us from when a packet was due, which is what a player feels:");
            lines.add("  "
                    + new Figures().addPercentiles("", roundTrips.fromDue()).text());
            lines.add("the same from when it left, which leaves out how long it was kept from leaving:");
            lines.add("  "
                    + new Figures().addPercentiles("", roundTrips.fromLeaving()).text());
            lines.add(String.format(Locale.ROOT, "ticks started at worst %,.1f us late", worstTick / 1e3));
        } else if (hasRoundTrips()) {
            lines.add("round trip in us: "
                    + new Figures().addPercentiles("", roundTrips.fromLeaving()).text());
            lines.add("  not corrected: a stall counts once, since no other packet was due meanwhile");
        }
        if (plan.workload() != Workload.PING_PONG) { // where always one side waits for the other
            lines.add(String.format(Locale.ROOT, "this program was busy %.0f %% of the time", busyPercent)
                    + (busyPercent < BUSY ? "" : ": it may be what limits these figures"));
        }
        if (hasRoundTrips()) {
            lines.addAll(Chart.draw(roundTrips.fromDue(), screen));
        }
        lines.add("");
        return lines;
    }

    private String heading() {
        String manner = switch (plan.workload()) {
            case PING_PONG, MANY -> "the next packet leaves when the last one is back";
            case STREAM ->
                plan.oneWay()
                        ? "one way, as fast as the server takes them"
                        : String.format(Locale.ROOT, "there and back, %,d bytes on the way", plan.window());
            case TICK -> "a packet on each at " + Figures.given(plan.perSecond()) + " Hz";
        };
        return String.format(
                Locale.ROOT,
                "%s: %,d %s, %,d B, %s",
                plan.workload().label(),
                plan.connections(),
                plan.connections() == 1 ? "connection" : "connections",
                plan.size(),
                manner);
    }

    private String amounts() {
        String amounts = String.format(
                Locale.ROOT,
                plan.oneWay()
                        ? "the server took %,d packets in %.1f s, %,.0f per second"
                        : "%,d packets came back in %.1f s, %,.0f per second",
                packets,
                nanos / 1e9,
                packetsPerSecond());
        if (plan.workload() == Workload.STREAM) {
            amounts += String.format(Locale.ROOT, ", %,.1f MB/s", megabytesPerSecond());
        }
        return amounts + (mismatched == 0 ? "" : ", " + mismatched + " WRONG");
    }
}
