package dev.gridmate.cli;

import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.End;
import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.LoopSnapshot;
import dev.gridmate.snapshot.LoopTimes;
import dev.gridmate.snapshot.Rates;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.TlsSnapshot;
import dev.gridmate.snapshot.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A picture in words, for a screen or a pipe. */
final class TopPage {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    /** A certificate that ends sooner than this is worth a glance. */
    private static final Duration SOON = Duration.ofDays(14);

    private final Snapshot snapshot;
    private final @Nullable Snapshot earlier;
    private final @Nullable Rates rates;

    /** @param earlier an earlier one, for what happened in between; null if there is none */
    TopPage(Snapshot snapshot, @Nullable Snapshot earlier) {
        this.snapshot = snapshot;
        this.earlier = earlier;
        rates = earlier == null ? null : snapshot.rates(earlier);
    }

    /** {@return what there is to say of all connections together} */
    List<TopLine> summary() {
        List<TopLine> lines = new ArrayList<>();
        lines.add(
                TopLine.title(snapshot.source().kind() + " " + snapshot.source().name() + " on "
                        + HostPort.ofDriver(snapshot.source().localAddress()) + ", "
                        + (snapshot.source().isListening() ? "" : "not listening, ") + "up "
                        + Amounts.time(snapshot.source().upNanos())));
        lines.add(connections());
        lines.add(traffic());
        lines.add(loop());
        lines.add(reasons("ends", snapshot.ends().byReason()));
        if (!snapshot.ends().failedByReason().isEmpty()) {
            lines.add(reasons("not established", snapshot.ends().failedByReason()));
        }
        if (snapshot instanceof DriverSnapshot driver && driver.tls() != null) {
            lines.add(certificate(driver.tls()));
        }
        return lines;
    }

    /** {@return the most important of it in one line} */
    String line() {
        return byState().values().stream().mapToInt(Integer::intValue).sum() + " connections, waiting "
                + Amounts.count(waiting().bytes()) + "; " + traffic().text() + "; " + loop().text();
    }

    private TopLine connections() {
        String states = byState().entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return TopLine.plain("connections " + (states.isEmpty() ? "0" : states) + "; waiting "
                + Amounts.count(waiting().outBytes()) + " out, "
                + Amounts.count(waiting().inBytes()) + " in");
    }

    private Map<String, Integer> byState() {
        return snapshot instanceof CarrierSnapshot carrier
                ? carrier.connections().byState()
                : driver().connections().byState();
    }

    private Waiting waiting() {
        return snapshot instanceof CarrierSnapshot carrier
                ? carrier.connections().waiting()
                : driver().connections().waiting();
    }

    private DriverSnapshot driver() {
        return (DriverSnapshot) snapshot;
    }

    private TopLine traffic() {
        String figures = Stream.of(
                        rate("packets", "PACKETS_OUT", "PACKETS_IN", ""),
                        rate("bytes", "BYTES_OUT", "BYTES_IN", ""),
                        rate("messages", "MESSAGES_OUT", "MESSAGES_IN", ""),
                        rate("datagrams", "DATAGRAMS_OUT", "DATAGRAMS_IN", "DATAGRAMS_LOST"))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
        return TopLine.plain("per second " + figures);
    }

    private String rate(String what, String out, String in, String lost) {
        if (!snapshot.counters().containsKey(out)) {
            return "";
        }
        return what + " " + perSecond(out) + " out, " + perSecond(in) + " in"
                + (snapshot.counters().containsKey(lost) ? ", " + perSecond(lost) + " lost" : "");
    }

    private String perSecond(String counter) {
        return rates == null ? "?" : Amounts.count(rates.of(counter));
    }

    // An operator wants to know if the loop comes around in time, and if not, whose time it was.
    private TopLine loop() {
        LoopSnapshot loop = snapshot.loop();
        LoopTimes times = rates == null ? loop.times() : rates.times();
        Histogram durations = earlier == null
                ? loop.durations()
                : loop.durations().since(earlier.loop().durations());
        String updates = rates == null ? "?" : Amounts.count(rates.updates());
        String text = "loop " + updates + " updates/s, p99 "
                + Amounts.time(durations.quantileNanos(0.99)) + ", longest "
                + Amounts.time(durations.mostNanos()) + "; busy " + Amounts.percent(times.busyShare());
        return TopLine.plain(text
                + (loop.gaps() == 0
                        ? ""
                        : "; gaps " + loop.gaps() + ", longest " + Amounts.time(loop.longestGapNanos())));
    }

    private TopLine reasons(String what, Map<String, Long> byReason) {
        String text = byReason.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return TopLine.plain(what + " " + (text.isEmpty() ? "none" : text));
    }

    private TopLine certificate(TlsSnapshot tls) {
        Instant end = tls.notAfter();
        if (end == null) {
            return TopLine.plain("no certificate; handshakes going on " + tls.handshakesPending());
        }
        Duration left = Duration.between(snapshot.source().time(), end);
        String text = "certificate ends " + end + ", in " + left.toDays() + " days; handshakes going on "
                + tls.handshakesPending();
        if (left.isNegative()) {
            return TopLine.alarm("certificate ENDED " + end + ": no peer that verifies it connects");
        }
        return left.compareTo(SOON) < 0 ? TopLine.alarm(text) : TopLine.plain(text);
    }

    /** {@return the last ends, the newest first, a title above them} */
    List<TopLine> ends(int most) {
        List<TopLine> lines = new ArrayList<>();
        List<End> ends = snapshot.ends().last();
        lines.add(TopLine.heading(ends.isEmpty() ? "LAST ENDS: none" : "LAST ENDS"));
        ends.stream()
                .limit(Math.max(0, most))
                .map(end -> TIME.format(end.time()) + " " + HostPort.ofDriver(end.address()) + " " + end.reason() + " "
                        + end.detail())
                .forEach(text -> lines.add(TopLine.plain(text.stripTrailing())));
        return lines;
    }
}
