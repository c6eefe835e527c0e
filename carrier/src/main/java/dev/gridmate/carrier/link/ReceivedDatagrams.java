package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.SequenceNumber;
import java.util.Arrays;

/** Which of the last datagrams of a peer have arrived, to tell a new one from a second copy. */
final class ReceivedDatagrams {

    /**
     * Twice the peer's history of acknowledgements. An older datagram counts as out of bound: it
     * may be a copy.
     */
    private static final int WINDOW = 1024;

    /**
     * How far ahead of the newest one a datagram may be, as all between may be lost: half of what
     * can be expressed.
     */
    private static final int MAX_AHEAD = 16_384;

    /** What a number is, given those that came before. */
    enum Verdict {
        NEW,
        DUPLICATE,
        OUT_OF_BOUND
    }

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private int newest;
    private boolean any;

    Verdict judge(int number) {
        int ahead = any ? SequenceNumber.distance(newest, number) : 1;
        if (ahead > 0) {
            return ahead <= MAX_AHEAD ? Verdict.NEW : Verdict.OUT_OF_BOUND;
        }
        if (ahead <= -WINDOW) {
            return Verdict.OUT_OF_BOUND;
        }
        return isSeen(number) ? Verdict.DUPLICATE : Verdict.NEW;
    }

    /** Notes a number that is new. */
    void add(int number) {
        int ahead = any ? SequenceNumber.distance(newest, number) : WINDOW;
        if (ahead >= WINDOW) {
            Arrays.fill(seen, 0);
        }
        for (int i = 0; i < ahead && ahead < WINDOW; i++) {
            clear(SequenceNumber.add(number, -i));
        }
        if (ahead > 0) {
            any = true;
            newest = number;
        }
        seen[word(number)] |= bit(number);
    }

    private boolean isSeen(int number) {
        return (seen[word(number)] & bit(number)) != 0;
    }

    private void clear(int number) {
        seen[word(number)] &= ~bit(number);
    }

    private static int word(int number) {
        return (number & (WINDOW - 1)) / Long.SIZE;
    }

    private static long bit(int number) {
        return 1L << number; // the shift takes the low six bits
    }
}
