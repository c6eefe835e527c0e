package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.snapshot.ConnectionSnapshot;
import dev.gridmate.snapshot.ConnectionsSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.Source;
import dev.gridmate.snapshot.TlsSession;
import dev.gridmate.snapshot.TlsSnapshot;
import dev.gridmate.snapshot.Waiting;
import dev.gridmate.views.Top;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Takes the pictures of a stream driver: one walk over all connections, and the first ones in
 * detail.
 */
final class StreamPainter {

    private final StreamWorld world;
    private final StreamParts parts;

    StreamPainter(StreamWorld world, StreamParts parts) {
        this.world = world;
        this.parts = parts;
    }

    DriverSnapshot paint(SnapshotRequest request) {
        Instant time = Instant.now();
        Source source = parts.exhibit()
                .source(world.local.address(), world.acceptor.isListening(), time, world.transport.nanoTime());
        return new DriverSnapshot(
                source,
                world.loop.meter().snapshot(),
                parts.counters().all(),
                connections(request),
                parts.exhibit().ends().snapshot(time, world.loop.now()),
                tls());
    }

    private ConnectionsSnapshot connections(SnapshotRequest request) {
        Map<String, Integer> byState = new TreeMap<>();
        Top<Connection> top = new Top<>(request.limit());
        Waiting[] waiting = {Waiting.NONE};
        world.table.forEach(each -> {
            byState.merge(each.state().name(), 1, Integer::sum);
            waiting[0] = waiting[0].and(each.figures().waiting());
            top.offer(rank(each, request.sort()), each);
        });
        return new ConnectionsSnapshot(byState, waiting[0], top.take(StreamPainter::paint));
    }

    private static double rank(Connection each, SnapshotRequest.Sort sort) {
        double rate = each.figures().measureRate();
        return switch (sort) {
            case WAITING, ROUND_TRIP, LOSS -> each.figures().waiting().bytes();
            case RATE -> rate;
            case AGE -> each.figures().age();
            case SILENCE -> each.figures().silence();
        };
    }

    private static ConnectionSnapshot paint(Connection each) {
        return new ConnectionSnapshot(
                each.number(),
                each.address().toString(),
                each.figures().life(each.state(), each.isOutgoing()),
                each.figures().traffic(),
                each.figures().waiting(),
                tls(each.endpoint().session()));
    }

    private static @Nullable TlsSession tls(@Nullable SSLSession session) {
        return session == null ? null : new TlsSession(session.getProtocol(), session.getCipherSuite());
    }

    private @Nullable TlsSnapshot tls() {
        Security security = world.security;
        return security == null
                ? null
                : security.snapshot(parts.core().givingWay().handshakeCount());
    }
}
