package dev.gridmate.carrier.link;

import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.SequenceNumber;
import java.util.BitSet;
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

    /**
     * Datagrams with data that may be out. The peer can acknowledge any of the last 512 datagrams.
     * Half of that leaves room for datagrams of acknowledgements alone. So without loss, no
     * datagram with data leaves the peer's history before its acknowledgement.
     */
    static final int MAX_WITH_DATA = 256;

    private static final int FIRST_CAPACITY = 16;
    private static final int MAX_CAPACITY = 1024;

    /** How many datagrams an acknowledgement can reach back from the newest one in it. */
    private static final int HISTORY = 512;

    /**
     * So many of the latest datagrams prove that a peer has got them, each with a chance of 1 in
     * 65,536 for a stranger.
     */
    private static final int LATELY = 128;

    private static final int MOST_SENT = 32_767;

    /** Is told the fate of a datagram; the messages are linked by {@code nextInDatagram}. */
    interface Outcome {

        void onAcknowledged(@Nullable Message messages, long now);

        void onLost(@Nullable Message messages);

        /** The connection is over, and the datagram may still arrive. */
        void onForgotten(@Nullable Message messages);
    }

    private final TrafficControl.Flow flow;
    private final Outcome outcome;

    private SentDatagram[] table = places(FIRST_CAPACITY);
    private int oldest;
    private int next;
    private int withData;

    /** How many have left, up to what can be told apart. */
    private int sent;

    /** The places of those that are out, to pass over the others in a few steps. */
    private final BitSet outPlaces = new BitSet(FIRST_CAPACITY);

    /** How often a datagram behind the oldest one was acknowledged before it. */
    private int denials;

    /** How many places were looked at for acknowledgements. */
    long steps;

    private int out;
    private long nextLoss = Long.MAX_VALUE;
    private boolean flowChanged;

    /**
     * @param first the number of the first datagram
     */
    Flight(TrafficControl.Flow flow, Outcome outcome, int first) {
        this.flow = flow;
        this.outcome = outcome;
        oldest = first;
        next = first;
    }

    /** So many datagrams have left, and nothing depends on their fate. */
    void onAnswered(int datagrams) {
        oldest = SequenceNumber.add(oldest, datagrams);
        next = oldest;
        sent += datagrams;
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
        datagram.denials = 0;
        datagram.isPrompt = isPrompt;
        datagram.isOut = true;
        datagram.messages = messages;
        outPlaces.set(next & (table.length - 1));
        out++;
        sent = Math.min(MOST_SENT, sent + 1);
        withData += effectiveSize > 0 ? 1 : 0;
        next = SequenceNumber.next(next);
        flow.onSend(size, effectiveSize, now);
        nextLoss = Math.min(nextLoss, flow.resendTime(now, 0));
        assert invariants();
    }

    private void makeRoom(long now) {
        if (table.length == MAX_CAPACITY) {
            lose(oldest, now);
            advanceOldest();
            return;
        }
        SentDatagram[] larger = places(table.length * 2);
        outPlaces.clear();
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            int at = number & (larger.length - 1);
            larger[at] = place(number);
            outPlaces.set(at, place(number).isOut);
        }
        table = larger;
    }

    /**
     * {@return true if an acknowledgement names only datagrams that were sent, and no more than the
     * peer can remember} Anything else is forged, or of another connection, and says nothing.
     */
    boolean isBelieved(AcksReader acks) {
        int newest = SequenceNumber.distance(acks.last(), next);
        int oldestNamed = SequenceNumber.distance(acks.oldest(), next);
        return newest >= 1 && oldestNamed >= newest && oldestNamed <= sent && oldestNamed - newest <= HISTORY;
    }

    /**
     * {@return true if an acknowledgement is news, and of a datagram that left lately} A stranger
     * would have to guess its number.
     */
    boolean isFresh(AcksReader acks) {
        return isBelieved(acks)
                && SequenceNumber.distance(acks.last(), next) <= LATELY
                && isWithin(acks.last())
                && place(acks.last()).isOut;
    }

    private boolean isWithin(int number) {
        return SequenceNumber.distance(oldest, number) >= 0 && SequenceNumber.distance(number, next) >= 1;
    }

    /**
     * Takes an acknowledgement. It is a negative one for each datagram that is older than the
     * newest acknowledged one and not acknowledged itself. That is noted once, at the newest one,
     * so that an acknowledgement costs what it acknowledges, however much is out.
     *
     * @return false if it is not believed: then nothing of it counts
     */
    boolean onAcks(AcksReader acks, long now) {
        if (!isBelieved(acks)) {
            return false;
        }
        int last = acks.last();
        if (isWithin(last)) {
            place(last).denials++;
            denials++;
            acknowledgeAll(acks, now);
            advanceOldest();
            if (oldest != next && SequenceNumber.isAfter(last, oldest)) {
                flow.onNack(place(oldest).sentAt, now);
            }
            planLoss();
        }
        assert invariants();
        return true;
    }

    private void acknowledgeAll(AcksReader acks, long now) {
        int from = SequenceNumber.isAfter(acks.oldest(), oldest) ? acks.oldest() : oldest;
        int left = SequenceNumber.distance(from, acks.last());
        int gap = gapBefore(from);
        while (gap <= left) {
            int number = SequenceNumber.add(from, gap);
            if (acks.contains(number)) {
                acknowledge(number, now);
            }
            from = SequenceNumber.next(number);
            left -= gap + 1;
            gap = gapBefore(from);
        }
    }

    /** How many datagrams from a number on are not out, before one that is. */
    private int gapBefore(int number) {
        steps++;
        int at = number & (table.length - 1);
        int found = outPlaces.nextSetBit(at);
        if (found < 0) {
            found = outPlaces.nextSetBit(0);
        }
        return found < 0 ? Integer.MAX_VALUE : (found - at) & (table.length - 1);
    }

    /** The oldest datagram is the first to be lost: it left first, and was denied most often. */
    private void planLoss() {
        nextLoss = out == 0 ? Long.MAX_VALUE : flow.resendTime(place(oldest).sentAt, denials);
    }

    /** Gives up the datagrams whose time has come. */
    void loseOverdue(long now) {
        while (out > 0 && now >= nextLoss) {
            planLoss();
            if (now >= nextLoss) {
                lose(oldest, now);
                advanceOldest();
                planLoss();
            }
        }
        assert invariants();
    }

    /** Gives the messages of all datagrams back, when the connection is over. */
    void clear() {
        while (out > 0) {
            outcome.onForgotten(remove(oldest));
            advanceOldest();
        }
        oldest = next;
        assert invariants();
    }

    private void acknowledge(int number, long now) {
        SentDatagram datagram = place(number);
        Message messages = remove(number);
        flowChanged |= flow.onAck(datagram.size, datagram.effectiveSize, datagram.isPrompt, datagram.sentAt, now);
        outcome.onAcknowledged(messages, now);
    }

    private void lose(int number, long now) {
        SentDatagram datagram = place(number);
        Message messages = remove(number);
        flowChanged |= flow.onLost(datagram.size, datagram.effectiveSize, datagram.sentAt, now);
        outcome.onLost(messages);
    }

    private @Nullable Message remove(int number) {
        SentDatagram datagram = place(number);
        outPlaces.clear(number & (table.length - 1));
        Message messages = datagram.messages;
        datagram.messages = null;
        datagram.isOut = false;
        out--;
        withData -= datagram.effectiveSize > 0 ? 1 : 0;
        return messages;
    }

    private void advanceOldest() {
        while (oldest != next && !place(oldest).isOut) {
            denials -= place(oldest).denials;
            place(oldest).denials = 0;
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
