package dev.gridmate.driver;

import dev.gridmate.driver.stream.StreamCore;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.LoopTime;
import dev.gridmate.views.LoopMeter;
import dev.gridmate.views.Notices;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a stream driver: what an update does and in which order, and how to wait for the next
 * one.
 */
final class StreamLoop {

    private final Transport transport;
    private final StreamCore core;
    private final Acceptor acceptor;
    private final HostConnects hosts;
    private final Announcer announcer;
    private final Counters<DriverCounter> counters;
    private final LoopTime time;
    private final LoopMeter meter;
    private final Notices notices;
    private boolean isBusy;
    private @Nullable Runnable onceDone;

    /** The time by which a loop runs, and what measures it. */
    record LoopTiming(LoopTime time, LoopMeter meter) {}

    StreamLoop(
            StreamParts parts,
            Transport transport,
            Acceptor acceptor,
            HostConnects hosts,
            Announcer announcer,
            LoopTiming timing) {
        this.transport = transport;
        this.core = parts.core();
        this.acceptor = acceptor;
        this.hosts = hosts;
        this.announcer = announcer;
        this.counters = parts.counters();
        this.time = timing.time();
        this.meter = timing.meter();
        this.notices = parts.exhibit().notices();
    }

    /** {@return what measures this loop} */
    LoopMeter meter() {
        return meter;
    }

    /** {@return the time by which deadlines run} */
    long now() {
        return time.now();
    }

    /** Returns the work done. */
    int update() {
        if (isBusy) { // the program's own code, in a handshake, asked for it
            return 0;
        }
        long now = advance();
        meter.begin(time.lastReal());
        int work = 0;
        try {
            work = update(now);
        } finally {
            notices.updated(meter.end(transport.nanoTime(), work), work);
        }
        return work;
    }

    private int update(long now) {
        if (core.budget().begin(time.lastReal())) {
            counters.add(DriverCounter.UPDATES_CUT_SHORT, 1);
        }
        int work;
        try {
            work = takeIn(now);
        } finally {
            if (onceDone != null) {
                onceDone.run();
            }
        }
        if (onceDone != null) {
            return work;
        }
        work += core.flush() > 0 ? 1 : 0;
        work += core.expire();
        work += core.settle();
        if (announcer.news() > 0) {
            meter.beginHandlers(transport.nanoTime());
            work += announcer.announce();
        }
        return work;
    }

    // With TLS the program's trust managers run in here. What they call must find no list half
    // walked.
    private int takeIn(long now) {
        isBusy = true;
        try {
            int work = core.serveLate(); // what the last update left comes first
            work += hosts.update(now);
            work += poll(); // connects and reads
            work += core.serveUnasked();
            return work + acceptor.accept(now);
        } finally {
            isBusy = false;
        }
    }

    /**
     * Puts a close off that the program's code asks for inside a handshake; false if it is not
     * inside.
     */
    boolean putOff(Runnable close) {
        onceDone = isBusy ? close : onceDone;
        return isBusy;
    }

    /** {@return true if the program's code was called by an update, and has not returned} */
    boolean isInside() {
        return isBusy || announcer.isAnnouncing();
    }

    private int poll() {
        try {
            return transport.poll();
        } catch (TransportException e) {
            throw new UncheckedIOException("the system cannot say which sockets are ready", e);
        }
    }

    /** Returns the bytes written. */
    int flush() {
        advance();
        return core.flush();
    }

    /**
     * Waits until there is something to do.
     *
     * @param most nanoseconds, 0 or more
     * @return true if there may be something; false if the time is over
     */
    boolean await(long most) {
        if (isBusy) {
            return true;
        }
        flush();
        core.settle();
        if (core.hasSomethingToDo() || acceptor.hasRoomAgain() || hosts.newsCount() > 0) {
            return true;
        }
        long start = transport.nanoTime();
        long untilDeadline = Math.max(0, hosts.earlier(acceptor.earlier(core.nextDeadline())) - time.now());
        long nanos = Math.min(most, untilDeadline);
        if (nanos > 0) {
            awaitNetwork(nanos);
        }
        long end = transport.nanoTime();
        countGap(time.advanceWaiting(end, nanos));
        meter.waited(start, end);
        return untilDeadline <= nanos || end - start < nanos;
    }

    // Room to write is watched during a wait only: otherwise each update tries to write anyway.
    private void awaitNetwork(long nanos) {
        core.watchWriters(true);
        try {
            transport.await(nanos);
        } catch (TransportException e) {
            throw new UncheckedIOException("the system cannot wait for sockets", e);
        } finally {
            core.watchWriters(false);
        }
    }

    /** Moves on to the present time and returns it, from which deadlines that are set now count. */
    long advance() {
        countGap(time.advance(transport.nanoTime()));
        return time.now();
    }

    private void countGap(boolean stoodStill) {
        if (stoodStill) {
            counters.add(DriverCounter.UPDATE_GAPS, 1);
            notices.gap(time.lastGap());
        }
        meter.away(time.lastGap(), stoodStill);
        core.at(time.now());
    }
}
