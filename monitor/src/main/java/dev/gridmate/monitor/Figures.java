package dev.gridmate.monitor;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.meters.CarrierMeters;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.driver.Driver;
import dev.gridmate.meters.DriverMeters;
import dev.gridmate.monitor.Exposition.Read;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotJson;
import dev.gridmate.snapshot.SnapshotRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of all that is looked at, for the page and for Prometheus. */
final class Figures {

    /** With more, no browser would show the page in time. */
    private static final int MOST_CONNECTIONS = 1_000;

    private final List<Watch<DriverSnapshot>> drivers = new ArrayList<>();
    private final List<Watch<CarrierSnapshot>> carriers = new ArrayList<>();
    private final Duration stalledAfter;
    private final Answers answers = new Answers();

    Figures(List<Driver> drivers, List<Carrier> carriers, Duration stalledAfter) {
        drivers.forEach(each -> this.drivers.add(new Watch<>(each)));
        carriers.forEach(each -> this.carriers.add(new Watch<>(each)));
        this.stalledAfter = stalledAfter;
    }

    /** {@return all that is looked at} */
    List<Watch<?>> all() {
        List<Watch<?>> all = new ArrayList<>(drivers);
        all.addAll(carriers);
        return all;
    }

    Duration stalledAfter() {
        return stalledAfter;
    }

    /** {@return the answer to a page that asks, with {@code sort} and {@code limit}} */
    Reply snapshot(Query query) {
        SnapshotRequest request = new SnapshotRequest(sort(query), limit(query));
        return answers.get(request.toString(), () -> snapshot(request));
    }

    private Reply snapshot(SnapshotRequest request) {
        List<Map<String, Object>> shown = new ArrayList<>();
        all().forEach(each -> shown.add(each.shown(request, stalledAfter)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("time", Instant.now());
        answer.put("sources", shown);
        return Reply.ok("application/json", SnapshotJson.of(answer));
    }

    private static SnapshotRequest.Sort sort(Query query) {
        String name = query.get("sort", "WAITING");
        try {
            return SnapshotRequest.Sort.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("sort must be one of " + List.of(SnapshotRequest.Sort.values()), e);
        }
    }

    private static int limit(Query query) {
        try {
            int limit = Integer.parseInt(query.get("limit", "20"));
            if (limit >= 0 && limit <= MOST_CONNECTIONS) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("limit must be 0 to " + MOST_CONNECTIONS);
    }

    /** {@return the answer to Prometheus} */
    Reply metrics() {
        return answers.get("metrics", this::newMetrics);
    }

    private Reply newMetrics() {
        Exposition text = new Exposition()
                .add(List.of(DriverMeters.AGE), itself(drivers, Driver.class))
                .add(DriverMeters.ALL, pictures(drivers))
                .add(List.of(CarrierMeters.AGE), itself(carriers, Carrier.class))
                .add(CarrierMeters.ALL, pictures(carriers));
        return Reply.ok(Exposition.TYPE, text.toString());
    }

    private static <S extends Snapshot, T> List<Read<T>> itself(List<Watch<S>> watches, Class<T> type) {
        return watches.stream()
                .map(each -> new Read<>(each.source().name(), type.cast(each.source())))
                .toList();
    }

    private static <S extends Snapshot> List<Read<S>> pictures(List<Watch<S>> watches) {
        return watches.stream()
                .map(each -> new Read<>(each.source().name(), each.totals()))
                .toList();
    }
}
