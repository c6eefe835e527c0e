package dev.gridmate.carrier;

import dev.gridmate.carrier.traffic.FlowInformation;
import dev.gridmate.carrier.traffic.Statistics;
import java.util.Locale;

/** Says in words how connections are, for logs and for people who look for a fault. */
final class StatusReport {

    private StatusReport() {}

    static String ofAll(int port, long time, Peers peers) {
        StringBuilder report = new StringBuilder(format(
                "port %d, %d established, %d in all, time %,d ms", port, peers.connected(), peers.count(), time));
        for (int i = 0; i < peers.count(); i++) {
            report.append("\n  ").append(of(peers.at(i)));
        }
        return report.toString();
    }

    static String of(Peer peer) {
        Statistics second = peer.flow.statistics(Statistics.Period.LAST_SECOND, false);
        Statistics life = peer.flow.statistics(Statistics.Period.LIFETIME, false);
        FlowInformation flow = peer.link.flowInformation();
        return format("%s to %s: %s", peer.id, peer.address, peer.state())
                + format(", round trip %.0f ms, loss %.1f %%", life.rtt(), 100 * life.packetLoss())
                + format(", in the last second %,d bytes out and %,d in", second.dataSend(), second.dataReceived())
                + format(", in its life %,d out and %,d in", life.dataSend(), life.dataReceived())
                + format(
                        ", %,d messages wait to leave and %,d to be received",
                        flow.numToSendMessages(), flow.numToReceiveMessages())
                + format(
                        ", %,d of %,d bytes are on their way, at most %,d bytes a second",
                        flow.dataInTransfer(), flow.congestionWindow(), peer.maxSendRate());
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
