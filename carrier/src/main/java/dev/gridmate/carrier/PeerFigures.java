package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Outbound;
import dev.gridmate.carrier.snapshot.CarrierConnectionSnapshot;
import dev.gridmate.carrier.snapshot.LineSnapshot;
import dev.gridmate.carrier.snapshot.Loss;
import dev.gridmate.carrier.snapshot.RoundTrip;
import dev.gridmate.carrier.snapshot.Window;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.snapshot.ConnectionLife;
import dev.gridmate.snapshot.Waiting;
import dev.gridmate.views.RateMark;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one connection shows in a picture. */
final class PeerFigures {

    private final long began;
    private final RateMark mark;

    /** @param now the time when the connection begins */
    PeerFigures(long now) {
        began = now;
        mark = new RateMark(now);
    }

    /** {@return for how long it is there, in nanoseconds} */
    long age(long now) {
        return now - began;
    }

    /** {@return how many bytes per second it sends and receives} */
    double measureRate(Peer peer, long now) {
        Statistics life = peer.flow.statistics(Statistics.Period.LIFETIME, false);
        mark.measure(life.dataReceived(), life.dataSend(), now);
        return mark.bytesPerSecond();
    }

    static Waiting waiting(Peer peer) {
        Outbound out = peer.link.outbound();
        return new Waiting(
                peer.link.inbound().bytesToReceive(),
                peer.link.inbound().mostToReceive(),
                out.bytesToSend(),
                out.mostToSend());
    }

    CarrierConnectionSnapshot paint(Peer peer, long now) {
        Statistics life = peer.flow.statistics(Statistics.Period.LIFETIME, false);
        return new CarrierConnectionSnapshot(
                peer.id.number(),
                peer.address.toString(),
                new ConnectionLife(
                        peer.state().name(),
                        !peer.isIncoming(),
                        age(now),
                        now - peer.link.lastReceived(),
                        peer.link.outbound().unconfirmedFor(now),
                        false),
                mark.traffic(life.packetReceived(), life.packetSend(), life.dataReceived(), life.dataSend()),
                waiting(peer),
                line(peer, life));
    }

    private static LineSnapshot line(Peer peer, Statistics life) {
        Map<String, Integer> queues = new LinkedHashMap<>();
        for (DataPriority each : DataPriority.values()) {
            if (each != DataPriority.SYSTEM) { // the carrier's own messages do not wait
                queues.put(each.name(), numToSend(peer, each));
            }
        }
        return new LineSnapshot(
                new RoundTrip(peer.flow.rtt(), peer.flow.leastRtt(), peer.flow.rttVariance()),
                new Loss(life.packetLoss(), life.packetLost(), life.dataResend()),
                new Window(peer.flow.congestionWindow(), peer.flow.dataInTransfer(), peer.maxSendRate()),
                queues);
    }

    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    private static int numToSend(Peer peer, DataPriority priority) {
        return peer.link.outbound().numToSend(priority.ordinal());
    }
}
