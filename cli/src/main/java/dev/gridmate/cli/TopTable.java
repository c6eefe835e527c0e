package dev.gridmate.cli;

import dev.gridmate.carrier.snapshot.CarrierConnectionSnapshot;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.carrier.snapshot.LineSnapshot;
import dev.gridmate.snapshot.ConnectionLife;
import dev.gridmate.snapshot.ConnectionSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest.Sort;
import dev.gridmate.snapshot.Traffic;
import dev.gridmate.snapshot.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The connections of a picture, as rows. A column for which no row has anything is left out. */
final class TopTable {

    private static final List<TopColumn> FIRST =
            List.of(TopColumn.WAITING, TopColumn.BLOCKED, TopColumn.ROUND_TRIP, TopColumn.LOSS);

    private final List<Map<TopColumn, String>> rows = new ArrayList<>();
    private final Sort sort;

    TopTable(Snapshot snapshot, Sort sort) {
        this.sort = sort;
        if (snapshot instanceof DriverSnapshot driver) {
            driver.connections().top().forEach(each -> rows.add(row(each)));
        } else if (snapshot instanceof CarrierSnapshot carrier) {
            carrier.connections().top().forEach(each -> rows.add(row(each)));
        }
    }

    int size() {
        return rows.size();
    }

    /** {@return the first connection in words, to be put behind others; empty if there is none} */
    String first() {
        if (rows.isEmpty()) {
            return "";
        }
        Map<TopColumn, String> row = rows.get(0);
        if ("0".equals(row.get(TopColumn.WAITING)) && !row.containsKey(TopColumn.ROUND_TRIP)) {
            return "; nothing waits";
        }
        return "; worst " + row.get(TopColumn.ADDRESS)
                + FIRST.stream()
                        .filter(row::containsKey)
                        .map(column -> " " + column.title().toLowerCase(Locale.ROOT) + " " + row.get(column))
                        .collect(Collectors.joining());
    }

    private static Map<TopColumn, String> row(ConnectionSnapshot of) {
        Map<TopColumn, String> row = common(of.address(), of.life(), of.traffic(), of.waiting());
        if (of.tls() != null) {
            row.put(TopColumn.TLS, of.tls().protocol());
        }
        return row;
    }

    private static Map<TopColumn, String> row(CarrierConnectionSnapshot of) {
        Map<TopColumn, String> row = common(of.address(), of.life(), of.traffic(), of.waiting());
        LineSnapshot line = of.line();
        long roundTrip = line.roundTrip().smoothedNanos();
        row.put(TopColumn.ROUND_TRIP, roundTrip == 0 ? "-" : Amounts.time(roundTrip));
        row.put(TopColumn.LOSS, Amounts.percent(line.loss().share()));
        row.put(TopColumn.ON_ITS_WAY, Amounts.count(line.window().onItsWayBytes()));
        row.put(TopColumn.WINDOW, Amounts.count(line.window().bytes()));
        row.put(TopColumn.RESENT, Amounts.count(line.loss().resentBytes()));
        return row;
    }

    private static Map<TopColumn, String> common(
            String address, ConnectionLife life, Traffic traffic, Waiting waiting) {
        Map<TopColumn, String> row = new EnumMap<>(TopColumn.class);
        row.put(TopColumn.ADDRESS, HostPort.ofDriver(address));
        row.put(TopColumn.STATE, life.isThrottled() ? "THROTTLED" : life.state());
        row.put(TopColumn.AGE, Amounts.time(life.ageNanos()));
        row.put(TopColumn.SILENT, Amounts.time(life.silentNanos()));
        row.put(TopColumn.BLOCKED, life.blockedNanos() == 0 ? "-" : Amounts.time(life.blockedNanos()));
        row.put(TopColumn.OUT, Amounts.count(traffic.bytesOutPerSecond()));
        row.put(TopColumn.IN, Amounts.count(traffic.bytesInPerSecond()));
        row.put(TopColumn.WAITING, Amounts.count(waiting.bytes()));
        row.put(TopColumn.MOST, Amounts.count(Math.max(waiting.inMostBytes(), waiting.outMostBytes())));
        return row;
    }

    /**
     * {@return the lines of some rows, the titles of the columns first}
     *
     * @param width what a line may be wide; columns that do not fit are left out
     * @param from the first row
     * @param most how many rows at most
     */
    List<TopLine> lines(int width, int from, int most) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<Map<TopColumn, String>> shown =
                rows.stream().skip(from).limit(Math.max(0, most)).toList();
        int address = shown.stream()
                .mapToInt(row -> row.getOrDefault(TopColumn.ADDRESS, "").length())
                .max()
                .orElse(0);
        address = Math.max(address, TopColumn.ADDRESS.width());
        List<TopColumn> columns = columns(width - address);
        List<TopLine> lines = new ArrayList<>();
        lines.add(TopLine.heading(pad(TopColumn.ADDRESS.title(), address)
                + columns.stream().map(this::title).collect(Collectors.joining())));
        for (Map<TopColumn, String> row : shown) {
            lines.add(TopLine.plain(pad(row.getOrDefault(TopColumn.ADDRESS, ""), address)
                    + columns.stream()
                            .map(column -> right(row.getOrDefault(column, ""), column.width()))
                            .collect(Collectors.joining())));
        }
        return lines;
    }

    // What the table is sorted by comes first, so that it is there however narrow the screen is.
    private List<TopColumn> columns(int width) {
        Set<TopColumn> known = rows.stream()
                .flatMap(row -> row.keySet().stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(TopColumn.class)));
        known.remove(TopColumn.ADDRESS);
        List<TopColumn> fitting = new ArrayList<>();
        int left = width;
        for (TopColumn each : known.stream()
                .sorted(Comparator.comparing((TopColumn column) -> !column.isSortedBy(sort)))
                .toList()) {
            if (each.width() + 1 <= left) {
                left -= each.width() + 1;
                fitting.add(each);
            }
        }
        return fitting;
    }

    private String title(TopColumn column) {
        return right(column.isSortedBy(sort) ? column.title() + "*" : column.title(), column.width());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String right(String text, int width) {
        String fitting = text.length() > width ? text.substring(0, width) : text;
        return " ".repeat(1 + width - fitting.length()) + fitting;
    }
}
