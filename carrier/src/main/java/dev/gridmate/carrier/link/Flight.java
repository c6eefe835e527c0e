package dev.gridmate.carrier.link;

import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams that were sent and are neither acknowledged nor lost.
 *
 * <pre>
 *   oldest                        next      oldest &lt;= next &lt;= oldest + size of the table
 *     v                             v
 *     [ out | lost | out | acked | ...
 * </pre>
 *
 * <p>The table has a place for each number from {@code oldest} to {@code next}, modulo its size,
 * and grows to what a connection needs. The datagram {@code oldest} is always out, unless none is.
 */
final class Flight {

    /** The number of the first datagram of a side. */
    static final int FIRST = 2;

    /**
     * Datagrams with data that may be out. The peer can acknowledge any of the last 512 datagrams.
     * Half of that leaves room for datagrams of acknowledgements alone. So without loss, no
     * datagram with data leaves the peer's history before its acknowledgement.
     */
    static final int MAX_WITH_DATA = 256;

    private static final int FIRST_CAPACITY = 16;
    private static final int MAX_CAPACITY = 1024;

    /** Is told the fate of a datagram; the messages are linked by {@code nextInDatagram}. */
    interface Outcome {

        void onConfirmed(@Nullable Message messages, long now);

        void onLost(@Nullable Message messages);

        /** The connection is over, and the datagram may still arrive. */
        void onForgotten(@Nullable Message messages);
    }

    private final TrafficControl.Flow flow;
    private final Outcome outcome;

    private SentDatagram[] table = places(FIRST_CAPACITY);
    private int oldest = FIRST;
    private int next = FIRST;
    private int withData;
    private int out;
    private long nextLoss = Long.MAX_VALUE;
    private boolean flowChanged;

    Flight(TrafficControl.Flow flow, Outcome outcome) {
        this.flow = flow;
        this.outcome = outcome;
    }

    private static SentDatagram[] places(int capacity) {
        SentDatagram[] places = new SentDatagram[capacity];
        for (int i = 0; i < capacity; i++) {
            places[i] = new SentDatagram();
        }
        return places;
    }

    private SentDatagram place(int number) {
        return table[number & (table.length - 1)];
    }

    /** The number of the next datagram. */
    int nextSequence() {
        return next;
    }

    /** {@return true if another datagram with data may leave} */
    boolean takesData() {
        return withData < MAX_WITH_DATA;
    }

    /** When the next datagram counts as lost if nothing is heard of it. */
    long nextLoss() {
        return nextLoss;
    }

    /** {@return true if the congestion window has changed since the last call} */
    boolean takeFlowChanged() {
        boolean changed = flowChanged;
        flowChanged = false;
        return changed;
    }

    /** Notes that the next datagram has left. */
    void onSent(int size, int effectiveSize, boolean isPrompt, @Nullable Message messages, long now) {
        if (SequenceNumber.distance(oldest, next) == table.length) {
            makeRoom(now);
        }
        SentDatagram datagram = place(next);
        datagram.sentAt = now;
        datagram.size = size;
        datagram.effectiveSize = effectiveSize;
        datagram.nacks = 0;
        datagram.isPrompt = isPrompt;
        datagram.isOut = true;
        datagram.messages = messages;
        out++;
        withData += effectiveSize > 0 ? 1 : 0;
        next = SequenceNumber.next(next);
        flow.onSend(size, effectiveSize, now);
        nextLoss = Math.min(nextLoss, flow.resendTime(now, 0));
        assert invariants();
    }

    private void makeRoom(long now) {
        if (table.length == MAX_CAPACITY) {
            lose(place(oldest), now);
            advanceOldest();
            return;
        }
        SentDatagram[] larger = places(table.length * 2);
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            larger[number & (larger.length - 1)] = place(number);
        }
        table = larger;
    }

    /**
     * Takes an acknowledgement. It is a negative one for each datagram that is older than the
     * newest acknowledged one and not acknowledged itself.
     *
     * @return false if it names a datagram that was never sent; what it says about the others
     *     counts all the same
     */
    boolean onAcks(AcksReader acks, long now) {
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            SentDatagram datagram = place(number);
            if (!datagram.isOut) {
                continue;
            }
            if (acks.contains(number)) {
                confirm(datagram, now);
            } else if (SequenceNumber.isAfter(acks.last(), number)) {
                datagram.nacks++;
                flow.onNack(datagram.sentAt, now);
                nextLoss = Math.min(nextLoss, flow.resendTime(datagram.sentAt, datagram.nacks));
            } else {
                break;
            }
        }
        advanceOldest();
        assert invariants();
        return SequenceNumber.isAfter(next, acks.last());
    }

    /** Gives up the datagrams whose time has come. */
    void loseOverdue(long now) {
        if (now < nextLoss) {
            return;
        }
        nextLoss = Long.MAX_VALUE;
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            SentDatagram datagram = place(number);
            if (datagram.isOut) {
                long due = flow.resendTime(datagram.sentAt, datagram.nacks);
                if (due <= now) {
                    lose(datagram, now);
                } else {
                    nextLoss = Math.min(nextLoss, due);
                }
            }
        }
        advanceOldest();
        assert invariants();
    }

    /** Gives the messages of all datagrams back, when the connection is over. */
    void clear() {
        for (SentDatagram datagram : table) {
            if (datagram.isOut) {
                outcome.onForgotten(remove(datagram));
            }
        }
        oldest = next;
        assert invariants();
    }

    private void confirm(SentDatagram datagram, long now) {
        Message messages = remove(datagram);
        flowChanged |= flow.onAck(datagram.size, datagram.effectiveSize, datagram.isPrompt, datagram.sentAt, now);
        outcome.onConfirmed(messages, now);
    }

    private void lose(SentDatagram datagram, long now) {
        Message messages = remove(datagram);
        flowChanged |= flow.onLost(datagram.size, datagram.effectiveSize, datagram.sentAt, now);
        outcome.onLost(messages);
    }

    private @Nullable Message remove(SentDatagram datagram) {
        Message messages = datagram.messages;
        datagram.messages = null;
        datagram.isOut = false;
        out--;
        withData -= datagram.effectiveSize > 0 ? 1 : 0;
        return messages;
    }

    private void advanceOldest() {
        while (oldest != next && !place(oldest).isOut) {
            oldest = SequenceNumber.next(oldest);
        }
    }

    private boolean invariants() {
        int span = SequenceNumber.distance(oldest, next);
        return span >= 0
                && span <= table.length
                && (span == 0 ? out == 0 : place(oldest).isOut)
                && out <= span
                && withData >= 0
                && withData <= Math.min(out, MAX_WITH_DATA);
    }
}
