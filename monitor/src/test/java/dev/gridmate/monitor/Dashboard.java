package dev.gridmate.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gridmate.meters.Meter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The dashboard for Grafana: what an operator looks at first, then all the counters. */
final class Dashboard {

    private static final String SOURCE = "${DS_PROMETHEUS}";

    private final List<Map<String, Object>> panels = new ArrayList<>();
    private final List<String> expressions = new ArrayList<>();
    private final Set<String> unused = new LinkedHashSet<>();
    private int place;

    Dashboard() {
        part("Drivers", "driver", Tables.ofDriver());
        part("Carriers", "carrier", Tables.ofCarrier());
    }

    /** {@return the expressions, with a name in place of the variable} */
    List<String> expressions() {
        return expressions.stream()
                .map(each -> each.replace("$name", "echo").replace("$__rate_interval", "1m"))
                .toList();
    }

    private void part(String title, String what, List<Meter<?>> meters) {
        unused.clear();
        meters.forEach(each -> unused.add(Exposition.name(each)));
        String prefix = "gridmate_" + what + "_";
        row(title);
        panel("Connections", "short", gauge(prefix + "connections", "{{name}} {{state}}", " > 0"));
        if (what.equals("driver")) {
            panel("Packets", "pps", rate(prefix + "packets_in_total", "in"), rate(prefix + "packets_out_total", "out"));
            panel("Bytes", "Bps", rate(prefix + "in_bytes_total", "in"), rate(prefix + "out_bytes_total", "out"));
        } else {
            panel(
                    "Messages",
                    "ops",
                    rate(prefix + "messages_in_total", "in"),
                    rate(prefix + "messages_out_total", "out"));
            panel(
                    "Datagrams",
                    "pps",
                    rate(prefix + "datagrams_in_total", "in"),
                    rate(prefix + "datagrams_out_total", "out"),
                    rate(prefix + "datagrams_lost_total", "lost"));
        }
        panel("Waiting bytes", "bytes", gauge(prefix + "waiting_bytes", "{{name}} {{direction}}", ""));
        panel("Ends by reason", "ops", rates(prefix + "ends_total", "{{name}} {{reason}}"));
        panel("Never established, by reason", "ops", rates(prefix + "failures_total", "{{name}} {{reason}}"));
        loop(prefix);
        rest();
    }

    private void loop(String prefix) {
        String update = use(prefix + "update_seconds");
        String selector = "{name=~\"$name\"}[$__rate_interval])";
        panel(
                "Duration of an update",
                "s",
                query(
                        "rate(" + update + "_sum" + selector + " / rate(" + update + "_count" + selector,
                        "{{name}} mean"),
                gauge(prefix + "update_longest_seconds", "{{name}} longest ever", ""));
        panel(
                "Updates above a limit",
                "percentunit",
                query(
                        "1 - rate(" + use(prefix + "update_within_total") + selector
                                + " / ignoring(limit) group_left rate(" + update + "_count" + selector,
                        "{{name}} above {{limit}} s"));
        panel(
                "How the loop spends its time",
                "percentunit",
                rates(prefix + "loop_seconds_total", "{{name}} {{activity}}"));
        panel(
                "A loop that stands still",
                "s",
                gauge(prefix + "update_age_seconds", "{{name}} since the last update", ""),
                gauge(prefix + "gap_longest_seconds", "{{name}} longest gap", ""));
    }

    /** All that no other panel shows: most of it is 0 on a good day. */
    private void rest() {
        List<Map<String, Object>> counters = new ArrayList<>();
        List<Map<String, Object>> gauges = new ArrayList<>();
        for (String name : List.copyOf(unused)) {
            String legend = name.replaceAll("^gridmate_[a-z]+_|_total$", "").replace('_', ' ');
            if (name.endsWith("_total")) {
                counters.add(rate(name, legend));
            } else {
                gauges.add(gauge(name, "{{name}} " + legend, ""));
            }
        }
        panel("All other counters, per second", "short", counters);
        panel("All other gauges", "short", gauges);
    }

    private String use(String name) {
        if (!unused.remove(name)) {
            throw new AssertionError("there is no meter " + name + ", or it is shown twice");
        }
        return name;
    }

    private Map<String, Object> gauge(String name, String legend, String condition) {
        return query(use(name) + "{name=~\"$name\"}" + condition, legend);
    }

    private Map<String, Object> rate(String name, String legend) {
        return rates(name, "{{name}} " + legend);
    }

    private Map<String, Object> rates(String name, String legend) {
        return query("rate(" + use(name) + "{name=~\"$name\"}[$__rate_interval])", legend);
    }

    private Map<String, Object> query(String expression, String legend) {
        expressions.add(expression);
        return ordered("datasource", source(), "expr", expression, "legendFormat", legend);
    }

    private void row(String title) {
        place += place % 2;
        panels.add(ordered(
                "type", "row", "title", title, "collapsed", false, "panels", List.of(), "gridPos", position(24, 1)));
        place += 2;
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // they are only read
    private void panel(String title, String unit, Map<String, Object>... queries) {
        panel(title, unit, List.of(queries));
    }

    private void panel(String title, String unit, List<Map<String, Object>> queries) {
        List<Map<String, Object>> targets = new ArrayList<>();
        for (Map<String, Object> query : queries) {
            Map<String, Object> target = new LinkedHashMap<>(query);
            target.put("refId", "Q" + targets.size());
            targets.add(target);
        }
        panels.add(ordered(
                "type",
                "timeseries",
                "title",
                title,
                "datasource",
                source(),
                "fieldConfig",
                ordered("defaults", ordered("unit", unit, "min", 0), "overrides", List.of()),
                "gridPos",
                position(12, 8),
                "targets",
                targets));
        place++;
    }

    private Map<String, Object> position(int width, int height) {
        return ordered("x", place % 2 * 12, "y", place / 2 * 8, "w", width, "h", height);
    }

    private static Map<String, Object> source() {
        return ordered("type", "prometheus", "uid", SOURCE);
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** {@return the file that Grafana imports} */
    String json() throws JsonProcessingException {
        for (int i = 0; i < panels.size(); i++) {
            panels.get(i).put("id", i + 1);
        }
        Map<String, Object> dashboard = ordered(
                "__inputs",
                List.of(ordered(
                        "name",
                        "DS_PROMETHEUS",
                        "label",
                        "Prometheus",
                        "type",
                        "datasource",
                        "pluginId",
                        "prometheus")),
                "title",
                "GridMate",
                "uid",
                "gridmate",
                "schemaVersion",
                39,
                "refresh",
                "10s",
                "time",
                ordered("from", "now-1h", "to", "now"),
                "templating",
                ordered("list", List.of(variable())),
                "panels",
                panels);
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(dashboard) + "\n";
    }

    private static Map<String, Object> variable() {
        return ordered(
                "name",
                "name",
                "label",
                "Driver or carrier",
                "type",
                "query",
                "datasource",
                source(),
                "query",
                "label_values({__name__=~\"gridmate_(driver|carrier)_up_seconds\"}, name)",
                "includeAll",
                true,
                "multi",
                true,
                "refresh",
                2,
                "current",
                ordered("text", "All", "value", "$__all"));
    }
}
