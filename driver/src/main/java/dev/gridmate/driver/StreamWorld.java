package dev.gridmate.driver;

import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.LoopTime;
import dev.gridmate.views.LoopMeter;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What {@code initialize} makes for a stream driver: its network, and the rooms that share the
 * work.
 */
final class StreamWorld {

    final Transport transport;
    final @Nullable Security security;
    final LocalSide local;
    final ConnectionTable table;
    final Acceptor acceptor;
    final Connector connector;
    final HostConnects hosts;
    final Sending sending;
    final Announcer announcer;
    final StreamLoop loop;

    private StreamWorld(
            StreamParts parts,
            @Nullable Security security,
            Transport transport,
            LocalSide local,
            ConnectionTable table) {
        Counters<DriverCounter> counters = parts.counters();
        Duration gap = parts.config().loop().updateGapLimit();
        LoopTime time = new LoopTime(gap.isZero() ? Long.MAX_VALUE : gap.toNanos(), transport.nanoTime());
        this.transport = transport;
        parts.core().budget().clock(transport::nanoTime);
        this.security = security;
        this.local = local;
        this.table = table;
        acceptor = new Acceptor(parts.config(), local, table, parts.core(), counters, parts.life());
        connector = new Connector(parts.core(), local, table, acceptor, counters, parts.life());
        sending = new Sending(table, counters);
        hosts = new HostConnects(parts.core(), local, table, acceptor, counters, parts.life());
        announcer = new Announcer(table, acceptor, hosts, parts);
        LoopMeter meter = new LoopMeter(time.lastReal());
        loop = new StreamLoop(parts, transport, acceptor, hosts, announcer, new StreamLoop.LoopTiming(time, meter));
    }

    static StreamWorld open(StreamParts parts, AddressBook book, SocketOptions options, InetSocketAddress local)
            throws TransportException {
        Security security = Security.open(parts.config(), parts.core(), parts.counters());
        Transport transport = security == null ? parts.config().transport().open() : security.transport();
        LocalSide side = new LocalSide(transport, options, local);
        return new StreamWorld(parts, security, transport, side, new ConnectionTable(book));
    }

    void close() {
        acceptor.stop();
        hosts.close();
        table.forEach(each -> each.ending().closeNow());
        try {
            announcer.announceAll();
        } finally {
            transport.close(); // whatever a handler throws
        }
    }
}
