package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.DeadlineHeap;
import dev.gridmate.internal.UpdateBudget;
import dev.gridmate.views.Notices;
import java.time.Duration;

/**
 * What the connections of one driver share: limits, memory, counters and time. Timeouts are in
 * nanoseconds.
 */
final class StreamContext {

    final StreamSocketDriverConfig config;
    final Counters<DriverCounter> counters;
    final BufferPool pool;
    final LendDesk desk;
    final int inboundCapacity;
    final int outboundCapacity;
    final HandshakeLimits handshakeLimits;
    final long connectTimeout;
    final long firstPacketTimeout;
    final long idleTimeout;
    final long writeTimeout;
    final long drainTimeout;
    final UpdateBudget budget;

    /** Where is said what happens. */
    Notices notices = Notices.none();

    /** The driver's time in the present call. */
    long now;

    StreamContext(
            StreamSocketDriverConfig config,
            Counters<DriverCounter> counters,
            HandshakeLimits handshakeLimits,
            BufferPool pool) {
        this.config = config;
        this.counters = counters;
        this.handshakeLimits = handshakeLimits;
        this.pool = pool;
        int maxPacketSize = config.buffers().maxPacketSize();
        inboundCapacity = Frame.bufferCapacity(config.buffers().inbound(), maxPacketSize);
        outboundCapacity = Frame.bufferCapacity(config.buffers().outbound(), maxPacketSize);
        desk = new LendDesk(pool, Frame.bufferCapacity(1, maxPacketSize));
        connectTimeout = nanos(config.timeouts().connect());
        firstPacketTimeout = nanos(config.timeouts().firstPacket());
        idleTimeout = nanos(config.timeouts().idle());
        writeTimeout = nanos(config.timeouts().write());
        drainTimeout = nanos(config.timeouts().drain());
        budget = new UpdateBudget(config.loop().updateBudget().toNanos());
    }

    private static long nanos(Duration timeout) {
        return timeout.isZero() ? DeadlineHeap.NEVER : timeout.toNanos();
    }

    /** {@return true if peers may only send so much in a second} */
    boolean limitsRates() {
        return config.limits().maxPacketsPerSecond() > 0 || config.limits().maxBytesPerSecond() > 0;
    }

    void at(long time) {
        now = time;
        pool.at(time);
    }

    void count(DriverCounter counter, long amount) {
        counters.add(counter, amount);
    }
}
