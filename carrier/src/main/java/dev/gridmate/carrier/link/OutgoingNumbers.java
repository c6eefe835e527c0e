package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SequenceNumber;

/** The numbers of one channel's messages on the way out. */
final class OutgoingNumbers {

    private int nextSeq;
    private int lastReliable = SequenceNumber.NONE;

    int nextSeq() {
        return nextSeq;
    }

    /**
     * Writes into a header the numbers that its message would have if it left now: the size of a
     * message depends on its numbers, and one that does not fit the datagram must not use any up.
     */
    void propose(MessageHeader header) {
        header.seq = nextSeq;
        header.reliableSeq = header.isReliable ? SequenceNumber.next(lastReliable) : lastReliable;
    }

    /** Uses up the numbers that were proposed. */
    void use(MessageHeader header) {
        nextSeq = SequenceNumber.next(header.seq);
        if (header.isReliable) {
            lastReliable = header.reliableSeq;
        }
    }
}
