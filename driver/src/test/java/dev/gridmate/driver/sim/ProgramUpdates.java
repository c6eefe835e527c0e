package dev.gridmate.driver.sim;

import java.time.Duration;

/** What an update must have done: work that was there, and ends that were due. */
final class ProgramUpdates {

    private final ProgramModel model;

    ProgramUpdates(ProgramModel model) {
        this.model = model;
    }

    // An update writes all that the system takes, and reads as long as there is room, whatever the
    // other direction and the other connections do.
    void verifyWork(ProgramEnd end) {
        SimulatedEndpoint endpoint = end.endpoint;
        if (end.readBytes() > end.readBefore || !end.wasEstablishedBefore) {
            end.lastReadAt = model.program.network.nanoTime();
        }
        if (end.writtenBytes() > end.writtenBefore) {
            end.lastWriteAt = model.program.network.nanoTime();
        }
        if (!end.wasEstablishedBefore || !endpoint.isOpen() || endpoint.isReset()) {
            return;
        }
        Faults faults = model.program.network.faults();
        // A driver that is connected to itself may read, and so make room, when it has written.
        boolean isOwnPeer = end.other() != null && end.other().owner == model;
        boolean writesAreSure =
                faults.choppiness().refusedWrites() == 0 && faults.choppiness().shortWrites() == 0 && !isOwnPeer;
        model.check(
                !writesAreSure || end.writtenBytes() >= end.sentBefore || endpoint.out.room() == 0,
                "an update left bytes unwritten that the system would have taken: ",
                end);
        boolean readsAreSure = model.config.limits().maxBytesPerSecond() == 0
                && model.config.limits().maxPacketsPerSecond() == 0;
        model.check(
                !readsAreSure
                        || end.readableBefore == 0
                        || end.freeBefore < model.inboundCapacity / 2
                        || end.readBytes() > end.readBefore,
                "an update left bytes unread for which there was room: ",
                end);
        model.check(end.violationAt() > end.readBytes(), "a violation of the protocol went unpunished: ", end);
    }

    // What is late is late by the driver's time, which stands still when the program does.
    void verifyConnectDeadline(ProgramEnd end) {
        boolean isLate = isLate(model.config.timeouts().connect(), end.bornClock);
        model.check(
                !isLate || end.endpoint.isConnected() || !end.endpoint.isOpen(),
                "the connect timeout has passed: ",
                end);
    }

    void verifyDeadlines(ProgramEnd end) {
        boolean reads = end.freeBefore >= model.inboundCapacity / 2
                && model.config.limits().maxBytesPerSecond() == 0
                && model.config.limits().maxPacketsPerSecond() == 0;
        // Against what was seen last, and not before this update: an update inside an event may lie
        // between.
        if (end.readBytes() > end.readSeen || !reads || !end.wasEstablishedBefore) {
            end.lastReadClock = model.clock;
        }
        end.readSeen = end.readBytes();
        if (end.sentBeforeThat <= end.writtenBefore
                || end.writtenBytes() > end.writtenSeen
                || !end.wasEstablishedBefore) {
            end.lastWriteClock = model.clock;
        }
        end.writtenSeen = end.writtenBytes();
        end.noticeSteps(model.clock);
        model.check(
                !end.isClosing
                        || !end.endpoint.isOpen()
                        || !isLate(model.config.timeouts().drain(), end.lastStepClock),
                "it was closed, and the drain timeout has passed: ",
                end);
        boolean stands = end.endpoint.isOpen() && !end.isClosing && !end.isAborted && !end.endpoint.in.isAtEnd();
        model.check(
                !stands || !isLate(model.config.timeouts().idle(), end.lastReadClock),
                "the idle timeout has passed: ",
                end);
        model.check(
                !stands || !isLate(model.config.timeouts().write(), end.lastWriteClock),
                "the write timeout has passed: ",
                end);
        model.check(
                !stands
                        || end.isOutgoing
                        || end.arrivedFrames() > 0
                        || !isLate(model.config.timeouts().firstPacket(), end.bornClock),
                "the first packet timeout has passed: ",
                end);
    }

    private boolean isLate(Duration timeout, long since) {
        return !timeout.isZero() && model.clock - since >= timeout.toNanos();
    }
}
