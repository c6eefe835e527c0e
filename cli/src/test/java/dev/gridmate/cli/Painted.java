package dev.gridmate.cli;

import dev.gridmate.snapshot.ConnectionLife;
import dev.gridmate.snapshot.ConnectionSnapshot;
import dev.gridmate.snapshot.ConnectionsSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.End;
import dev.gridmate.snapshot.EndsSnapshot;
import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.LoopSnapshot;
import dev.gridmate.snapshot.LoopTimes;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.Source;
import dev.gridmate.snapshot.Traffic;
import dev.gridmate.snapshot.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Pictures that a test paints: connections that no driver has. */
final class Painted implements Pictures {

    static final Subject DRIVER = new Subject("StreamSocketDriver", "game");

    private final List<ConnectionSnapshot> connections = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final AtomicLong up = new AtomicLong(10);
    private volatile @Nullable String problem;

    /** Adds a connection for which some bytes wait. */
    Painted connection(String address, long waiting, long ageSeconds) {
        long age = TimeUnit.SECONDS.toNanos(ageSeconds);
        ConnectionLife life = new ConnectionLife("ESTABLISHED", false, age, 0, waiting == 0 ? 0 : age / 2, false);
        connections.add(new ConnectionSnapshot(
                connections.size() + 1L,
                address,
                life,
                new Traffic(1, 2, 3, 4, 500, 6000),
                new Waiting(0, 0, waiting, waiting),
                null));
        return this;
    }

    Painted connections(int count) {
        for (int i = 0; i < count; i++) {
            connection("10.0." + i / 250 + "." + i % 250 + "|2000", 0, i);
        }
        return this;
    }

    Painted end(String address, String reason) {
        ends.add(new End(Instant.EPOCH, 1, address, reason, "words", 0));
        return this;
    }

    /** From now on there is no picture, for this reason. */
    void fail(String why) {
        problem = why;
    }

    @Override
    public List<Subject> subjects() {
        return List.of(DRIVER);
    }

    @Override
    public Snapshot snapshot(Subject subject, SnapshotRequest request) {
        if (problem != null) {
            throw new Failure(problem);
        }
        long seconds = up.incrementAndGet();
        Comparator<ConnectionSnapshot> order = request.sort() == SnapshotRequest.Sort.AGE
                ? Comparator.comparing(each -> -each.life().ageNanos())
                : Comparator.comparing(each -> -each.waiting().bytes());
        List<ConnectionSnapshot> top =
                connections.stream().sorted(order).limit(request.limit()).toList();
        Waiting waiting = connections.stream().map(ConnectionSnapshot::waiting).reduce(Waiting.NONE, Waiting::and);
        return new DriverSnapshot(
                new Source("game", subject.kind(), "0.0.0.0|2017", true, Instant.EPOCH, seconds * 1_000_000_000),
                new LoopSnapshot(
                        seconds * 60, 0, histogram(), new LoopTimes(seconds, seconds, seconds * 8, 0), 1, 5_000_000),
                Map.of("PACKETS_OUT", seconds * 30, "PACKETS_IN", 0L, "BYTES_OUT", seconds * 3_000, "BYTES_IN", 0L),
                new ConnectionsSnapshot(Map.of("ESTABLISHED", connections.size()), waiting, top),
                new EndsSnapshot(Map.of("REMOTE_CLOSED", 3L), ends, Map.of(), List.of()),
                null);
    }

    private static Histogram histogram() {
        Long[] counts = Collections.nCopies(Histogram.BUCKETS, 0L).toArray(new Long[0]);
        counts[Histogram.bucket(1_000_000)] = 60L;
        return new Histogram(Arrays.asList(counts), 60_000_000, 1_000_000);
    }
}
