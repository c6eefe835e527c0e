package dev.gridmate.views;

import dev.gridmate.internal.Journal;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where a driver or carrier says what happens, for those outside: events for the flight recorder,
 * and lines in the log for what an operator should act on. A line is written once for each kind in
 * ten seconds at most, says how many there were besides, and names the remedy.
 *
 * <p>Only for the loop's thread. What nobody records and what is not written costs a comparison.
 */
public final class Notices {

    static final Recorder RECORDER = Recorder.ofThisVm();
    private static final System.Logger LOGGER = System.getLogger("dev.gridmate.Notices");

    /** A line of a kind is written once in so many nanoseconds. */
    private static final long INTERVAL = 10_000_000_000L;

    /** An update above this is told to the flight recorder. */
    private static final long LONG_UPDATE = 20_000_000L;

    private static final double SECOND = 1e9;

    /** What an operator should act on. */
    private enum Kind {
        CANNOT_ACCEPT,
        SLOW_CONSUMER,
        HANDSHAKE_FAILED,
        GAP
    }

    private final Supplier<String> name;
    private final boolean isLogged;
    private LongSupplier clock = () -> 0;
    private final long[] nextLine = new long[Kind.values().length];
    private final long[] unsaid = new long[Kind.values().length];

    /**
     * @param name the name in all views
     * @param isLogged false to write no lines
     */
    Notices(Supplier<String> name, boolean isLogged) {
        this.name = name;
        this.isLogged = isLogged;
    }

    /** Of nothing that anybody looks at. */
    public static Notices none() {
        return new Notices(() -> "", false);
    }

    /** Sets the clock by which lines are rare. */
    void begin(LongSupplier time) {
        clock = time;
        Arrays.fill(nextLine, time.getAsLong());
    }

    // ------------------------------------------------------------ connections

    /** A connection was announced. */
    public void opened(long number, Object address, boolean isOutgoing) {
        RECORDER.opened(name.get(), number, address, isOutgoing);
    }

    /** The end of a connection is told. */
    public void ended(EndLog.Entry end, String reason, boolean wasEstablished, long bytesIn, long bytesOut) {
        RECORDER.ended(name.get(), end, reason, wasEstablished, bytesIn, bytesOut);
    }

    /** A handshake of TLS was made. */
    public void handshakeMade(long number, Object address, long took) {
        RECORDER.handshake(name.get(), number, address, took, "made");
    }

    /** A handshake of TLS failed. */
    public void handshakeFailed(long number, Object address, long took, String why) {
        RECORDER.handshake(name.get(), number, address, took, why);
        if (mayWrite(Kind.HANDSHAKE_FAILED)) {
            write(
                    Kind.HANDSHAKE_FAILED,
                    "the TLS handshake with " + address + " failed: " + why
                            + ". Compare the versions, certificates and authorities of both sides");
        }
    }

    /** A peer was ended since it reads too slowly. */
    public void slowConsumer(long number, Object address, long waited) {
        RECORDER.slowConsumer(name.get(), number, address, waited);
        if (mayWrite(Kind.SLOW_CONSUMER)) {
            write(
                    Kind.SLOW_CONSUMER,
                    address + " was ended, as it does not read: " + waited
                            + " bytes waited for it. Send it less, or set outboundBufferSize, writeTimeout or"
                            + " slowConsumerPolicy");
        }
    }

    /** A rate limit made a peer wait, or ended it. */
    public void rateLimited(Object address, boolean isEnded) {
        RECORDER.rateLimited(name.get(), address, isEnded);
    }

    // ------------------------------------------------------------ the loop

    /** The listener is about to listen, and may run out of descriptors later. */
    public void listening() {
        if (isLogged) {
            Journal.start();
        }
    }

    /** The system gives no descriptor to a newcomer. */
    public void cannotAccept(String why) {
        if (mayWrite(Kind.CANNOT_ACCEPT)) {
            write(
                    Kind.CANNOT_ACCEPT,
                    "newcomers cannot be accepted: " + why
                            + ". Raise the process's limit of open files (ulimit -n), or lower maxConnections");
        }
    }

    /** An update took so long. */
    public void updated(long took, int work) {
        if (took >= LONG_UPDATE) {
            RECORDER.longUpdate(name.get(), took, work);
        }
    }

    /** The program came back so late that the time did not count in full. */
    public void gap(long nanos) {
        RECORDER.gap(name.get(), nanos);
        if (mayWrite(Kind.GAP)) {
            String seconds = String.format(Locale.ROOT, "%.1f", nanos / SECOND);
            write(
                    Kind.GAP,
                    "the program did not update for " + seconds
                            + " s. Look for long pauses of the garbage collector, and for work in the loop that blocks");
        }
    }

    // ------------------------------------------------------------ lines

    @SuppressWarnings("EnumOrdinal") // the ordinal is an index into arrays that never leave this object
    private boolean mayWrite(Kind kind) {
        if (!isLogged) {
            return false;
        }
        boolean may = clock.getAsLong() - nextLine[kind.ordinal()] >= 0;
        unsaid[kind.ordinal()] += may ? 0 : 1;
        return may;
    }

    @SuppressWarnings("EnumOrdinal") // as above
    private void write(Kind kind, String text) {
        long more = unsaid[kind.ordinal()];
        unsaid[kind.ordinal()] = 0;
        nextLine[kind.ordinal()] = clock.getAsLong() + INTERVAL;
        String besides = more == 0 ? "" : " (" + more + " more like this since the line before)";
        Journal.write(LOGGER, System.Logger.Level.WARNING, name.get() + ": " + text + besides, null);
    }
}
