package dev.gridmate.driver.sim;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DisconnectReason.Code;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.RateLimitPolicy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What has to be so when a connection has ended for a reason. */
final class ProgramReasons {

    private static final Set<Code> IN_ORDER =
            EnumSet.of(Code.REMOTE_CLOSED, Code.REMOTE_CLOSED_MID_PACKET, Code.LOCAL_CLOSED);

    private final ProgramModel model;
    private final Map<Code, Cause> causes;

    ProgramReasons(ProgramModel model) {
        this.model = model;
        causes = causes();
    }

    /** What has to be so if a connection ended for a reason, and what is said if it is not. */
    private record Cause(Predicate<ProgramEnd> isSo, String otherwise) {}

    private Map<Code, Cause> causes() {
        Map<Code, Cause> causes = new EnumMap<>(Code.class);
        Cause violation = new Cause(ProgramEnd::isViolated, "the other end did nothing bad");
        Cause abort = new Cause(end -> end.isAborted, "nobody did so");
        Cause limit = new Cause(
                end -> model.config.policies().rateLimit() == RateLimitPolicy.DISCONNECT, "that is not the policy");
        causes.put(Code.PROTOCOL_ERROR, violation);
        causes.put(Code.PACKET_TOO_LARGE, violation);
        causes.put(Code.REMOTE_RESET, new Cause(end -> end.endpoint.isReset(), "nobody reset it"));
        causes.put(Code.LOCAL_ABORTED, abort);
        causes.put(Code.SLOW_CONSUMER, abort);
        causes.put(Code.DRIVER_CLOSED, new Cause(end -> model.isClosed, "the driver is open"));
        causes.put(Code.REMOTE_CLOSED, new Cause(ProgramEnd::isAtFrameEnd, "it was in the middle of a packet"));
        causes.put(Code.REMOTE_CLOSED_MID_PACKET, new Cause(end -> !end.isAtFrameEnd(), "it was between packets"));
        causes.put(Code.LOCAL_CLOSED, new Cause(end -> end.isClosing, "the program did not close it"));
        causes.put(Code.SUPERSEDED, new Cause(model::wasSuperseded, "no other came"));
        causes.put(Code.IDLE_TIMEOUT, new Cause(end -> end.readBytes() == end.readBefore, "bytes came"));
        causes.put(Code.FIRST_PACKET_TIMEOUT, new Cause(end -> end.arrivedFrames() == 0, "packets came"));
        causes.put(Code.WRITE_TIMEOUT, new Cause(end -> true, ""));
        causes.put(Code.RATE_LIMITED, limit);
        return causes;
    }

    void verify(ProgramEnd end, DisconnectReason reason) {
        model.check(!end.endpoint.isOpen(), "disconnected, but the socket is open: ", end);
        model.check(
                end.unwritten() == reason.unsentBytes(),
                "not ",
                end.unwritten(),
                " bytes unsent (",
                reason,
                "): ",
                end);
        model.check(
                end.received() + reason.undeliveredPackets() == end.arrivedFrames(),
                "packets that had arrived were neither received nor reported (",
                reason,
                "): ",
                end);
        Cause cause = causes.get(reason.code());
        model.check(cause != null, "hears ", reason, " for a connection that was established: ", end);
        model.check(cause.isSo().test(end), "the reason is ", reason, ", but ", cause.otherwise(), ": ", end);
        verifyDeadline(end, reason);
        verifyPunishment(end, reason);
        verifyOrder(end, reason);
    }

    private void verifyDeadline(ProgramEnd end, DisconnectReason reason) {
        switch (reason.code()) {
            case IDLE_TIMEOUT -> checkTimeout(model.config.timeouts().idle(), end.lastReadAt, reason, end);
            case FIRST_PACKET_TIMEOUT -> {
                boolean gaveWay = reason.detail().contains("gave way");
                Duration most = gaveWay
                        ? Duration.ofSeconds(5)
                        : model.config.timeouts().firstPacket();
                checkTimeout(most, end.bornAt, reason, end);
            }
            case WRITE_TIMEOUT -> checkTimeout(model.config.timeouts().write(), end.lastWriteAt, reason, end);
            case LOCAL_CLOSED -> {
                if (reason.detail().contains("given up")) {
                    checkTimeout(model.config.timeouts().drain(), Math.max(end.closedAt, end.lastWriteAt), reason, end);
                }
                return;
            }
            default -> {
                return;
            }
        }
        model.tally.timedOut++;
    }

    /**
     * A peer that broke the protocol hears of that and of nothing else, unless this side was
     * closing already.
     */
    private void verifyPunishment(ProgramEnd end, DisconnectReason reason) {
        Code punishment = end.isPoisonedWithZero() ? Code.PROTOCOL_ERROR : Code.PACKET_TOO_LARGE;
        model.check(
                !end.isViolated() || end.isClosing || reason.code() == punishment,
                "the wrong reason for a violation, ",
                reason,
                ": ",
                end);
    }

    /** A close in order loses nothing, but for what a deadline cuts short. */
    private void verifyOrder(ProgramEnd end, DisconnectReason reason) {
        boolean inOrder = IN_ORDER.contains(reason.code());
        boolean excused = end.endpoint.isReset()
                || end.isAborted
                || model.isClosed
                || end.isViolated()
                || model.wasSuperseded(end)
                || model.config.policies().rateLimit() == RateLimitPolicy.DISCONNECT;
        boolean complete = isComplete(end, reason);
        if (inOrder && !excused && !complete) {
            model.tally.timedOut++;
            model.check(
                    model.tally.timedOut <= model.driver.counter(DriverCounter.TIMEOUTS),
                    "closed in order, but not everything arrived (",
                    reason,
                    "): ",
                    end);
        }
        model.check(
                !end.isSettled || model.isClosed || end.isViolated() || (inOrder && complete),
                "closed in order on a good network, but ",
                reason,
                ": ",
                end);
        model.check(
                reason.undeliveredPackets() == 0 || model.isClosed || model.driver.counter(DriverCounter.TIMEOUTS) > 0,
                "packets were dropped although the drain timeout had not come (",
                reason,
                "): ",
                end);
    }

    private static boolean isComplete(ProgramEnd end, DisconnectReason reason) {
        ProgramEnd other = end.other();
        return reason.unsentBytes() == 0
                && reason.undeliveredPackets() == 0
                && end.endpoint.in.isAtEnd()
                && (other == null || end.readBytes() == other.writtenBytes());
    }

    void checkTimeout(Duration timeout, long since, DisconnectReason reason, ProgramEnd end) {
        model.check(
                !timeout.isZero() && model.program.network.nanoTime() - since >= timeout.toNanos(),
                reason.toString(),
                ", but that is not over: ",
                end);
    }
}
