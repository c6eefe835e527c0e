package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.DeadlineHeap;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one driver share: limits, memory, counters, and the queues in which a connection stands when
 * it has something to do. An update serves the queues, so that a connection with nothing to do costs nothing.
 */
public final class StreamCore {

    final StreamSocketDriverConfig config;
    final Counters<DriverCounter> counters;
    final BufferPool pool = new BufferPool();
    final LendDesk desk;
    final int inboundCapacity;
    final int outboundCapacity;
    final long connectTimeout;
    final long handshakeTimeout;
    final long firstPacketTimeout;
    final long idleTimeout;
    final long writeTimeout;
    final long drainTimeout;
    final boolean limitsRates;

    /** Has whole packets for the program. */
    final ConnectionQueue deliverable = new ConnectionQueue(1);
    /** Has bytes for its endpoint. */
    final ConnectionQueue dirty = new ConnectionQueue(2);
    /** Is ending, and may have come to its end. */
    final ConnectionQueue ending = new ConnectionQueue(4);
    /** Is to be looked at although its endpoint may not be ready: it is new, or it can take bytes again. */
    final ConnectionQueue unasked = new ConnectionQueue(8);
    /** Has something to tell the program. */
    final ConnectionQueue news = new ConnectionQueue(16);
    /** Was accepted, and its handshake goes on; the oldest first. */
    final ConnectionQueue handshakes = new ConnectionQueue(32);

    final DeadlineHeap<Connection> deadlines = new DeadlineHeap<>();

    /** A connection that refused a packet has written since, and the program may not know. */
    boolean roomAgain;

    /** The driver's time in the present call. */
    long now;

    /** Makes the shared part for one driver. */
    public StreamCore(StreamSocketDriverConfig config, Counters<DriverCounter> counters) {
        this.config = config;
        this.counters = counters;
        this.inboundCapacity = Frame.bufferCapacity(config.inboundBufferSize(), config.maxPacketSize());
        this.outboundCapacity = Frame.bufferCapacity(config.outboundBufferSize(), config.maxPacketSize());
        this.desk = new LendDesk(pool, Frame.bufferCapacity(1, config.maxPacketSize()));
        this.connectTimeout = nanos(config.connectTimeout());
        TlsConfig tls = config.tls();
        this.handshakeTimeout = tls == null ? DeadlineHeap.NEVER : nanos(tls.handshakeTimeout());
        this.firstPacketTimeout = nanos(config.firstPacketTimeout());
        this.idleTimeout = nanos(config.idleTimeout());
        this.writeTimeout = nanos(config.writeTimeout());
        this.drainTimeout = nanos(config.drainTimeout());
        this.limitsRates = config.maxPacketsPerSecond() > 0 || config.maxBytesPerSecond() > 0;
    }

    private static long nanos(Duration timeout) {
        return timeout.isZero() ? DeadlineHeap.NEVER : timeout.toNanos();
    }

    /** Sets the time for what follows. */
    public void at(long time) {
        now = time;
        pool.at(time);
    }

    String rateLimits() {
        return config.maxPacketsPerSecond() + " packets or " + config.maxBytesPerSecond()
                + " bytes per second (0: any)";
    }

    void count(DriverCounter counter, long amount) {
        counters.add(counter, amount);
    }

    /** Serves the connections that want to be looked at unasked; returns the work done. */
    public int serveUnasked() {
        return unasked.serve(Connection::onReady);
    }

    /** Writes what is waiting; returns the bytes written. A connection that could not write all stays in the queue. */
    public int flush() {
        return dirty.serve(Connection::flush);
    }

    /** Acts on the deadlines that have come; returns how many. */
    public int expire() {
        int work = 0;
        for (Connection due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
            work += due.onDeadline();
        }
        return work;
    }

    /** Ends the connections that have come to their end; returns how many. */
    public int settle() {
        return ending.serve(Connection::settle);
    }

    /** Returns the next connection with something to tell; null if there is none. */
    public @Nullable Connection nextNews() {
        return news.poll();
    }

    /** Returns how many accepted connections are still making their handshake. */
    public int handshakeCount() {
        return handshakes.size();
    }

    /** Returns the accepted connection whose handshake began first of those that go on; null if there is none. */
    public @Nullable Connection oldestHandshake() {
        return handshakes.peek();
    }

    /** Returns how many connections have something to tell. */
    public int newsCount() {
        return news.size();
    }

    /** Returns the connection whose turn it is, with a whole packet; null if there is none. It keeps its turn. */
    public @Nullable Connection peekDeliverable() {
        return deliverable.peek();
    }

    /** Hands out packets, one for each connection in turn; returns how many. */
    public int receive(PacketHandler handler, int limit) {
        int received = 0;
        for (Connection next = deliverable.peek(); next != null && received < limit; next = deliverable.peek()) {
            received += next.receive(handler, limit - received);
        }
        return received;
    }

    /** Says whether a connection that refused a packet has room again that nobody asked for yet. */
    public boolean takeRoomAgain() {
        boolean room = roomAgain;
        roomAgain = false;
        return room;
    }

    /** Says whether {@link #serveUnasked()} has somebody to serve. */
    public boolean hasUnasked() {
        return unasked.size() > 0;
    }

    /** Returns the time of the next deadline; {@link Long#MAX_VALUE} if there is none. */
    public long nextDeadline() {
        return deadlines.earliest();
    }

    /** Has the endpoints with waiting bytes watched for room to write, or no longer, for the time of a wait. */
    public void watchWriters(boolean write) {
        dirty.serve(write ? Connection::watchWriting : Connection::stopWatchingWriting);
    }
}
