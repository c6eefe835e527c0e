package dev.gridmate.cli;

import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * What the commands that send and check echoes have in common: most options, and the figures at the
 * end.
 */
final class SendOptions {

    @Mixin
    private final Target target = new Target();

    @Option(
            names = "--size",
            paramLabel = "N|MIN-MAX",
            defaultValue = "64",
            converter = Size.Converter.class,
            description = "Bytes in each, 1 to 65535; of a range, all sizes equally often. Default: ${DEFAULT-VALUE}.")
    private Size size;

    @Option(
            names = "--rate",
            paramLabel = "N/s",
            converter = Rate.Converter.class,
            description = "Send this many per second. Default: as fast as echoes come back.")
    private @Nullable Rate rate;

    @Option(
            names = "--window",
            paramLabel = "BYTES",
            description =
                    "Have at most this many bytes on the way, with send for each connection. More is faster over a long way,"
                            + " if the server buffers it. Default: " + EchoClient.WINDOW + " for send, "
                            + CarrierClient.WINDOW + " for carrier-send.")
    private @Nullable Integer window;

    @Option(names = "--json", description = "Print the figures as a JSON object.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    SendOptions() {}

    HostPort to() {
        return target.to();
    }

    Size size() {
        return size;
    }

    /** Returns the time between two; 0 to send as fast as echoes come back. */
    double nanosBetween() {
        return rate == null ? 0 : rate.nanosPerPacket();
    }

    int window(int unlessSet) {
        return window == null ? unlessSet : window;
    }

    void check(CommandSpec command) {
        Checks.range(command, "--window", window(1), 1, 1 << 28);
    }

    /**
     * Prints how it went.
     *
     * @param counts how many there were; the first line
     * @param details more figures
     * @param what was sent: "packets"
     */
    void report(
            Console console,
            Figures counts,
            Figures details,
            Histogram roundTrips,
            long bytes,
            long nanos,
            String what) {
        long received = roundTrips.getTotalCount();
        if (json) {
            console.say(counts.addAll(details)
                    .add("bytes", bytes)
                    .add("seconds", nanos / 1e9)
                    .add(what + "_per_second", received * 1e9 / nanos)
                    .addPercentiles("round_trip_us_", roundTrips)
                    .json());
            return;
        }
        console.out().println(counts.text());
        console.out()
                .println("round trip in us: "
                        + new Figures().addPercentiles("", roundTrips).text());
        if (!details.isEmpty()) {
            console.out().println(details.text());
        }
        console.say(String.format(
                Locale.ROOT,
                "%,d bytes in %.1f s, %,.0f %s per second",
                bytes,
                nanos / 1e9,
                received * 1e9 / nanos,
                what));
    }
}
