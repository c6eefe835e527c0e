package dev.gridmate.carrier;

import dev.gridmate.carrier.snapshot.CarrierConnectionSnapshot;
import dev.gridmate.carrier.snapshot.CarrierConnectionsSnapshot;
import dev.gridmate.carrier.snapshot.CarrierSnapshot;
import dev.gridmate.carrier.snapshot.SharedSnapshot;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.Waiting;
import dev.gridmate.views.Top;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Takes the pictures of a carrier: one walk over all connections, and the first ones in detail. */
final class CarrierPainter {

    private final Rooms rooms;
    private final Driver driver;
    private final Peers peers;

    CarrierPainter(Rooms rooms, Driver driver, Peers peers) {
        this.rooms = rooms;
        this.driver = driver;
        this.peers = peers;
    }

    CarrierSnapshot paint(SnapshotRequest request) {
        Instant time = Instant.now();
        boolean isOpen = driver.isInitialized();
        boolean isListening = isOpen && (!(driver instanceof StreamSocketDriver stream) || stream.isListening());
        return new CarrierSnapshot(
                rooms.exhibit.source(isOpen ? driver.localAddress() : null, isListening, time, rooms.time.real()),
                rooms.time.meter().snapshot(),
                rooms.counters.all(),
                connections(request),
                rooms.exhibit.ends().snapshot(time, rooms.time.now()),
                new SharedSnapshot(
                        driver.name(),
                        rooms.time.sharedAtUpdate(),
                        rooms.time.clockOffset(),
                        rooms.port.compressionRatio(),
                        rooms.budget.held(),
                        rooms.budget.limit()));
    }

    private CarrierConnectionsSnapshot connections(SnapshotRequest request) {
        long now = rooms.time.now();
        Map<String, Integer> byState = new TreeMap<>();
        Top<Peer> top = new Top<>(request.limit());
        Waiting waiting = Waiting.NONE;
        for (int i = 0; i < peers.count(); i++) {
            Peer each = peers.at(i);
            byState.merge(each.state().name(), 1, Integer::sum);
            waiting = waiting.and(each.figures.waiting());
            top.offer(rank(each, request.sort(), now), each);
        }
        return new CarrierConnectionsSnapshot(byState, waiting, top.take(each -> paint(each, now)));
    }

    private static CarrierConnectionSnapshot paint(Peer each, long now) {
        return new CarrierConnectionSnapshot(
                each.id.number(),
                each.address.toString(),
                each.figures.life(each.state(), each.isIncoming(), now),
                each.figures.traffic(),
                each.figures.waiting(),
                each.figures.line(each.maxSendRate()));
    }

    private static double rank(Peer each, SnapshotRequest.Sort sort, long now) {
        double rate = each.figures.measureRate(now);
        return switch (sort) {
            case WAITING -> each.figures.waiting().bytes();
            case RATE -> rate;
            case ROUND_TRIP -> each.flow.rtt();
            case LOSS -> each.figures.loss();
            case AGE -> each.figures.age(now);
            case SILENCE -> now - each.link.lastReceived();
        };
    }
}
