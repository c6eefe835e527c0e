package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchCommandTest {

    private static final String PERCENTILES = "p50=[\\d.]+ p90=[\\d.]+ p99=[\\d.]+ p99\\.9=[\\d.]+ max=[\\d.]+\\R";

    @Test
    void everyWorkloadIsMeasuredAndSaysHow() {
        try (Program echo = Program.echo()) {
            Program.Result result = Bench.run(echo.address(), Bench.SHORT, "--connections", "3");

            assertThat(result.status()).isZero();
            assertThat(result.out())
                    .contains("ping-pong: 1 connection, 64 B, ", "\nstream: 1 connection, 1,024 B, there and back, ")
                    .contains(
                            "\nmany: 3 connections, 64 B, ", "\ntick: 3 connections, 200 B, a packet on each at 60 Hz")
                    .containsPattern("round trip in us: " + PERCENTILES + "  not corrected: ")
                    .containsPattern("from when a packet was due, .*\\R  " + PERCENTILES)
                    .containsPattern("from when it left, .*\\R  " + PERCENTILES)
                    .containsPattern("ticks started at worst [\\d.,]+ us late")
                    .containsPattern("this program was busy \\d+ % of the time")
                    .contains("Not measured: ", "TLS", echo.address() + " is this machine", "nothing about a network");
            assertThat(result.out().lines())
                    .filteredOn(line -> !line.contains("p50=") && !line.startsWith("this program"))
                    .allMatch(line -> line.length() <= 80, "at most 80 columns");
        }
    }

    @Test
    void oneWayCountsWhatTheServerSaysThatItTook() {
        Program sink = Program.echo("--sink");
        Map<String, Object> figures = Bench.json(Bench.run(sink.address(), Bench.SHORT, "--json"));
        Map<?, ?> stream = (Map<?, ?>) figures.get("stream");
        Program.Result served = sink.stop();

        assertThat(figures)
                .containsEntry("server", "sink")
                .containsOnlyKeys("target", "server", "same_machine", "tls", "stream");
        assertThat(stream.get("one_way")).isEqualTo(true);
        assertThat(stream.get("unanswered")).isEqualTo(0.0);
        assertThat(stream.get("mismatched")).isEqualTo(0.0);
        double packets = (Double) stream.get("packets");
        assertThat(stream.get("bytes")).isEqualTo(packets * 1024);
        assertThat(packets)
                .isPositive()
                .isLessThan(Double.parseDouble(served.out().replaceAll("(?s).* packets_in=(\\d+) .*", "$1")));
    }

    @Test
    void oneWayInWords() {
        try (Program sink = Program.echo("--sink", "--poll")) {
            Program.Result result = Bench.run(sink.address(), Bench.SHORT);

            assertThat(result.status()).isZero();
            assertThat(result.out())
                    .startsWith("stream: 1 connection, 1,024 B, one way, ")
                    .containsPattern(
                            "the server took [\\d,]+ packets in [\\d.]+ s, [\\d,]+ per second, [\\d,.]+ MB/s\\R")
                    .contains("as it says itself", "ping-pong, many and tick need ")
                    .doesNotContain("round trip");
        }
    }

    @Test
    void figuresAsJson() {
        try (Program echo = Program.echo("--poll")) {
            Map<String, Object> figures =
                    Bench.json(Bench.run(echo.address(), Bench.SHORT, "--connections", "2", "--json"));

            assertThat(figures)
                    .containsEntry("target", echo.address())
                    .containsEntry("server", "echo")
                    .containsEntry("same_machine", true)
                    .containsOnlyKeys("target", "server", "same_machine", "tls", "ping_pong", "stream", "many", "tick");
            assertThat((Map<?, ?>) figures.get("tick"))
                    .extracting(Map::keySet)
                    .asInstanceOf(InstanceOfAssertFactories.collection(Object.class))
                    .contains("round_trip_from_due_us_p99.9", "round_trip_from_leaving_us_max", "tick_late_us_max")
                    .contains("connections", "size_bytes", "warmup_seconds", "rate_per_second", "window_bytes")
                    .contains("complete", "seconds", "packets", "bytes", "mismatched", "unsent", "unanswered")
                    .contains("packets_per_second", "megabytes_per_second", "client_busy_percent");
            assertThat(((Map<?, ?>) figures.get("ping_pong")).get("round_trip_us_p50"))
                    .isInstanceOf(Double.class);
            assertThat(((Map<?, ?>) figures.get("many")).get("connections")).isEqualTo(2.0);
        }
    }

    @Test
    void whatWasAskedForIsWhatIsDone() {
        try (Program echo = Program.echo()) {
            String[] what = {"--workload", "tick", "--rate", "200Hz", "--size", "9", "--connections", "4", "--json"};
            Map<String, Object> figures = Bench.json(Bench.run(echo.address(), Bench.SHORT, what));
            Map<?, ?> tick = (Map<?, ?>) figures.get("tick");

            assertThat(figures).doesNotContainKeys("ping_pong", "stream", "many");
            assertThat(tick.get("rate_per_second")).isEqualTo(200.0);
            assertThat(tick.get("size_bytes")).isEqualTo(9.0);
            assertThat(tick.get("connections")).isEqualTo(4.0);
            assertThat(tick.get("complete")).isEqualTo(true);
            assertThat(tick.get("bytes")).isEqualTo(9 * (Double) tick.get("packets"));
        }
    }

    @Test
    void aSinkHasNoRoundTrips() {
        try (Program sink = Program.echo("--sink")) {
            Program.Result result = Bench.run(sink.address(), Bench.SHORT, "--workload", "ping-pong");

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).contains("is a sink", "--workload stream");
        }
    }

    @Test
    void aSinkAnswersWhoAsksByHand() {
        try (Program sink = Program.echo("--sink")) {
            Program.Result result =
                    Program.runWith("hello\nworld!\n" + Sink.QUESTION + "\n", "connect", sink.address());

            assertThat(result.out()).isEqualToIgnoringNewLines("packets=2 bytes=11");
        }
    }
}
