package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.SequenceNumber;
import java.util.Arrays;

/** Which of the last datagrams of a peer have arrived, to tell a new one from a second copy. */
final class ReceivedDatagrams {

    /** The places of numbers. */
    private static final int WINDOW = 512;

    /** An older datagram than this counts as out of bound. */
    private static final int MAX_BEHIND = 128;

    /**
     * How far ahead of the newest one a datagram may be. A stranger does not know the numbers, so
     * one of its datagrams in {@code 65,536 / (128 + 256)}, which is 170, is within these bounds. A
     * peer whose datagrams were lost for longer is believed again when it acknowledges what left
     * lately: with that, a stranger's chance is 1 in 128.
     */
    private static final int MAX_AHEAD = 256;

    /**
     * When nothing came for long, both sides may be far ahead of each other, and neither
     * acknowledges what it does not believe. So the bound grows by this in each second of silence,
     * except for the end of the connection.
     */
    private static final int GROWTH = 1_024;

    /** Nanoseconds of silence from which on it grows: longer than two signs of life. */
    private static final long SILENCE = 250_000_000;

    private static final long SECOND = 1_000_000_000;
    private static final int MOST_AHEAD = 16_384;

    /** What a number is, given those that came before. */
    enum Verdict {
        NEW,
        DUPLICATE,
        OUT_OF_BOUND
    }

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private int newest;
    private boolean any;

    /**
     * {@return what a number is}
     *
     * @param silence nanoseconds since a datagram was taken; 0 for one that may end the connection
     */
    Verdict judge(int number, long silence) {
        int ahead = any ? SequenceNumber.distance(newest, number) : 1;
        if (ahead > 0) {
            return ahead <= mostAhead(silence) ? Verdict.NEW : Verdict.OUT_OF_BOUND;
        }
        if (ahead <= -MAX_BEHIND) {
            return Verdict.OUT_OF_BOUND;
        }
        return isSeen(number) ? Verdict.DUPLICATE : Verdict.NEW;
    }

    private static long mostAhead(long silence) {
        long grown = Math.max(0, silence - SILENCE) / 1_000 * GROWTH / (SECOND / 1_000);
        return Math.min(MOST_AHEAD, MAX_AHEAD + grown);
    }

    /** {@return true if a number is newer than all that came} */
    boolean isAhead(int number) {
        return any && SequenceNumber.distance(newest, number) > 0;
    }

    /** Begins anew if a number is out of bound. */
    void forgetWhatIsFarFrom(int number) {
        any &= judge(number, 0) != Verdict.OUT_OF_BOUND;
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
