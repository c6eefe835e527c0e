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
     * peer whose datagrams were lost for longer, or one in whose name a stranger has moved the
     * bounds, is believed again when it acknowledges what left lately: with that, a stranger's
     * chance is 1 in 128.
     */
    private static final int MAX_AHEAD = 256;

    /**
     * The same for a datagram that says nothing: only a few that were lost can be between it and
     * the one before. So a stranger does not move the bounds with signs of life.
     */
    private static final int AHEAD_FOR_NOTHING = 16;

    /**
     * When nothing came for long, both sides may be far ahead of each other, and neither
     * acknowledges what it does not believe. So the bound grows by this in each second of silence,
     * except for the end of the connection.
     */
    private static final int GROWTH = 1_024;

    /** Nanoseconds of silence from which on it grows: longer than two signs of life. */
    private static final long SILENCE = 250_000_000;

    private static final long SECOND = 1_000_000_000;
    private static final int MOST_GROWTH = 16_384 - MAX_AHEAD;

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
     * @param saysNothing true if the datagram acknowledges nothing new, and has nothing else
     * @param silence nanoseconds since a datagram was taken; 0 for one that may end the connection
     */
    Verdict judge(int number, boolean saysNothing, long silence) {
        int ahead = any ? SequenceNumber.distance(newest, number) : 1;
        if (ahead > 0) {
            int most = saysNothing ? AHEAD_FOR_NOTHING : MAX_AHEAD;
            return ahead <= most + growth(silence) ? Verdict.NEW : Verdict.OUT_OF_BOUND;
        }
        if (ahead <= -MAX_BEHIND) {
            return Verdict.OUT_OF_BOUND;
        }
        return isSeen(number) ? Verdict.DUPLICATE : Verdict.NEW;
    }

    private static long growth(long silence) {
        long grown = Math.max(0, silence - SILENCE) / 1_000 * GROWTH / (SECOND / 1_000);
        return Math.min(MOST_GROWTH, grown);
    }

    /** Begins anew if a number is out of bound. */
    void forgetWhatIsFarFrom(int number) {
        any &= judge(number, false, 0) != Verdict.OUT_OF_BOUND;
    }

    /** Notes a number that is new; one that is out of bound begins anew. */
    void add(int number) {
        int ahead = any ? SequenceNumber.distance(newest, number) : WINDOW;
        if (ahead <= -MAX_BEHIND) {
            ahead = WINDOW;
        }
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
