package dev.gridmate.carrier.link;

import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.carrier.wire.SequenceNumber;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams on their way: sent, and neither acknowledged nor lost. A table by number, which grows to what a connection
 * needs.
 */
final class Flight {

    /** The first datagram of a side has this number. */
    static final int FIRST = 2;

    /**
     * The peer acknowledges any of the last 512 datagrams; half of that leaves room for those of acknowledgements alone, so
     * that without loss no datagram with data ever falls out of its history unconfirmed.
     */
    static final int MAX_WITH_DATA = 256;

    private static final int MAX_CAPACITY = 1024;

    /** Hears what became of a datagram. */
    interface Outcome {
        void onConfirmed(@Nullable Message messages);

        void onLost(@Nullable Message messages);
    }

    private final TrafficControl.Flow flow;
    private final Outcome outcome;

    private int capacity = 16;
    private long[] sentAt = new long[capacity];
    private int[] sizes = new int[capacity];
    private int[] effectiveSizes = new int[capacity];
    private byte[] nacks = new byte[capacity];
    private boolean[] isPrompt = new boolean[capacity];
    private boolean[] isOut = new boolean[capacity];
    private @Nullable Message[] messages = new @Nullable Message[capacity];

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

    /** The number of the next datagram. */
    int nextSequence() {
        return next;
    }

    boolean takesData() {
        return withData < MAX_WITH_DATA;
    }

    boolean isEmpty() {
        return out == 0;
    }

    /** When the next datagram counts as lost if nothing is heard of it. */
    long nextLoss() {
        return nextLoss;
    }

    /** Whether the congestion window has changed since this was asked last. */
    boolean takeFlowChanged() {
        boolean changed = flowChanged;
        flowChanged = false;
        return changed;
    }

    void onSent(int size, int effectiveSize, boolean carriesMore, @Nullable Message carried, long now) {
        if (SequenceNumber.distance(oldest, next) == capacity) {
            makeRoom(now);
        }
        int index = next & (capacity - 1);
        sentAt[index] = now;
        sizes[index] = size;
        effectiveSizes[index] = effectiveSize;
        nacks[index] = 0;
        isPrompt[index] = carriesMore;
        isOut[index] = true;
        messages[index] = carried;
        out++;
        if (effectiveSize > 0) {
            withData++;
        }
        next = SequenceNumber.next(next);
        flow.onSend(size, effectiveSize, now);
        nextLoss = Math.min(nextLoss, flow.resendTime(now, 0));
    }

    private void makeRoom(long now) {
        if (capacity == MAX_CAPACITY) {
            lose(oldest & (capacity - 1), now);
            advanceOldest();
            return;
        }
        int from = capacity;
        int to = capacity * 2;
        long[] sentAtBefore = sentAt;
        int[] sizesBefore = sizes;
        int[] effectiveSizesBefore = effectiveSizes;
        byte[] nacksBefore = nacks;
        boolean[] isPromptBefore = isPrompt;
        boolean[] isOutBefore = isOut;
        @Nullable Message[] messagesBefore = messages;
        sentAt = new long[to];
        sizes = new int[to];
        effectiveSizes = new int[to];
        nacks = new byte[to];
        isPrompt = new boolean[to];
        isOut = new boolean[to];
        messages = new @Nullable Message[to];
        capacity = to;
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            int before = number & (from - 1);
            int after = number & (to - 1);
            sentAt[after] = sentAtBefore[before];
            sizes[after] = sizesBefore[before];
            effectiveSizes[after] = effectiveSizesBefore[before];
            nacks[after] = nacksBefore[before];
            isPrompt[after] = isPromptBefore[before];
            isOut[after] = isOutBefore[before];
            messages[after] = messagesBefore[before];
        }
    }

    /**
     * Takes an acknowledgement. A datagram that is older than the newest one acknowledged, and not acknowledged itself, has
     * got a negative one.
     *
     * @return false if it is of a datagram that was never sent: what it says of the others counts all the same
     */
    boolean onAcks(AcksReader acks, long now) {
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            int index = number & (capacity - 1);
            if (!isOut[index]) {
                continue;
            }
            if (acks.contains(number)) {
                confirm(index, now);
            } else if (SequenceNumber.isAfter(acks.last(), number)) {
                nacks[index] = (byte) Math.min(nacks[index] + 1, Byte.MAX_VALUE);
                flow.onNack(sentAt[index], now);
                nextLoss = Math.min(nextLoss, flow.resendTime(sentAt[index], nacks[index]));
            } else {
                break;
            }
        }
        advanceOldest();
        return SequenceNumber.isAfter(next, acks.last());
    }

    /** Gives up the datagrams whose time has come. */
    void loseOverdue(long now) {
        if (now < nextLoss) {
            return;
        }
        nextLoss = Long.MAX_VALUE;
        for (int number = oldest; number != next; number = SequenceNumber.next(number)) {
            int index = number & (capacity - 1);
            if (isOut[index]) {
                long due = flow.resendTime(sentAt[index], nacks[index]);
                if (due <= now) {
                    lose(index, now);
                } else {
                    nextLoss = Math.min(nextLoss, due);
                }
            }
        }
        advanceOldest();
    }

    /** Gives the messages of all datagrams back, when the connection is over. */
    void clear() {
        for (int index = 0; index < capacity; index++) {
            if (isOut[index]) {
                Message carried = remove(index);
                outcome.onLost(carried);
            }
        }
        oldest = next;
        Arrays.fill(messages, null);
    }

    private void confirm(int index, long now) {
        Message carried = remove(index);
        flowChanged |= flow.onAck(sizes[index], effectiveSizes[index], isPrompt[index], sentAt[index], now);
        outcome.onConfirmed(carried);
    }

    private void lose(int index, long now) {
        if (isOut[index]) {
            Message carried = remove(index);
            flowChanged |= flow.onLost(sizes[index], effectiveSizes[index], sentAt[index], now);
            outcome.onLost(carried);
        }
    }

    private @Nullable Message remove(int index) {
        Message carried = messages[index];
        messages[index] = null;
        isOut[index] = false;
        out--;
        if (effectiveSizes[index] > 0) {
            withData--;
        }
        return carried;
    }

    private void advanceOldest() {
        while (oldest != next && !isOut[oldest & (capacity - 1)]) {
            oldest = SequenceNumber.next(oldest);
        }
    }
}
