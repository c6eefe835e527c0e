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
    final long firstPacketTimeout;
    final long idleTimeout;
    final long writeTimeout;
    final boolean limitsRates;
    final UpdateBudget budget;

    /** Hears what an operator should know. */
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
        firstPacketTimeout = nanos(config.timeouts().firstPacket());
        idleTimeout = nanos(config.timeouts().idle());
        writeTimeout = nanos(config.timeouts().write());
        budget = new UpdateBudget(config.loop().updateBudget().toNanos());
        limitsRates =
                config.limits().maxPacketsPerSecond() > 0 || config.limits().maxBytesPerSecond() > 0;
    }

    long connectTimeout() {
        return nanos(config.timeouts().connect());
    }

    long drainTimeout() {
        return nanos(config.timeouts().drain());
    }

    private static long nanos(Duration timeout) {
        return timeout.isZero() ? DeadlineHeap.NEVER : timeout.toNanos();
    }

    void at(long time) {
        now = time;
        if (pool.at(time)) {
            desk.forget();
        }
    }

    void count(DriverCounter counter, long amount) {
        counters.add(counter, amount);
    }
}
