package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Link;
import dev.gridmate.carrier.snapshot.LineSnapshot;
import dev.gridmate.carrier.snapshot.Loss;
import dev.gridmate.carrier.snapshot.RoundTrip;
import dev.gridmate.carrier.snapshot.Window;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.snapshot.ConnectionLife;
import dev.gridmate.snapshot.Traffic;
import dev.gridmate.snapshot.Waiting;
import dev.gridmate.views.RateMark;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one connection shows in a picture. */
final class PeerFigures {

    private final Link link;
    private final TrafficControl.Flow flow;
    private final long began;
    private final RateMark mark;

    /** @param now the time when the connection begins */
    PeerFigures(Link link, TrafficControl.Flow flow, long now) {
        this.link = link;
        this.flow = flow;
        began = now;
        mark = new RateMark(now);
    }

    /** {@return for how long it is there, in nanoseconds} */
    long age(long now) {
        return now - began;
    }

    /** {@return how it is, in a state} */
    ConnectionLife life(ConnectionState state, boolean isIncoming, long now) {
        return new ConnectionLife(
                state.name(),
                !isIncoming,
                age(now),
                now - link.lastReceived(),
                link.outbound().unacknowledgedFor(now),
                false);
    }

    private Statistics all() {
        return flow.statistics(Statistics.Period.LIFETIME, false);
    }

    /** {@return the bytes that it received} */
    long bytesIn() {
        return all().dataReceived();
    }

    /** {@return the bytes that it sent} */
    long bytesOut() {
        return all().dataSend();
    }

    /** Takes what it has sent and received until now into account; returns the bytes per second. */
    double measureRate(long now) {
        Statistics all = all();
        mark.measure(all.dataReceived(), all.dataSend(), now);
        return mark.bytesPerSecond();
    }

    /** {@return what it has sent and received} {@link #measureRate} comes before. */
    Traffic traffic() {
        Statistics all = all();
        return mark.traffic(all.packetReceived(), all.packetSend(), all.dataReceived(), all.dataSend());
    }

    /** {@return the bytes that wait} */
    Waiting waiting() {
        return new Waiting(
                link.inbound().bytesToReceive(),
                link.inbound().mostToReceive(),
                link.outbound().bytesToSend(),
                link.outbound().mostToSend());
    }

    /** {@return the smoothed share of lost datagrams} */
    double loss() {
        return all().packetLoss();
    }

    LineSnapshot line(int maxSendRate) {
        Statistics all = all();
        return new LineSnapshot(
                new RoundTrip(flow.rtt(), flow.leastRtt(), flow.rttVariance()),
                new Loss(all.packetLoss(), all.packetLost(), all.dataResend()),
                new Window(flow.congestionWindow(), flow.dataInTransfer(), maxSendRate),
                queues());
    }

    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of urgency
    private Map<String, Integer> queues() {
        Map<String, Integer> queues = new LinkedHashMap<>();
        for (DataPriority each : DataPriority.values()) {
            if (each != DataPriority.SYSTEM) { // the carrier's own messages do not wait
                queues.put(each.name(), link.outbound().numToSend(each.ordinal()));
            }
        }
        return queues;
    }
}
