package dev.gridmate.views;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events of the flight recorder. Only what has found the module {@code jdk.jfr} may refer to
 * this class.
 *
 * <p>Each kind has an event that is never committed: asking it whether the kind is recorded costs
 * nothing, and another one is made only if it is.
 */
final class Flight {

    private Flight() {}

    /** What all events have. */
    @Category({"GridMate"})
    @StackTrace(false)
    abstract static class Base extends Event {
        @Label("Name")
        @Description("The driver or carrier, as in all views")
        @Nullable
        String source;
    }

    /** What all events about one connection have. */
    abstract static class OfConnection extends Base {
        @Label("Connection")
        long number;

        @Label("Address")
        @Nullable
        String address;
    }

    /** A connection was announced. */
    @Name("dev.gridmate.ConnectionOpened")
    @Label("Connection Opened")
    static final class Opened extends OfConnection {
        static final Opened ASKED = new Opened();

        @Label("Outgoing")
        boolean isOutgoing;
    }

    /** The end of a connection was told. */
    @Name("dev.gridmate.ConnectionEnded")
    @Label("Connection Ended")
    static final class Ended extends OfConnection {
        static final Ended ASKED = new Ended();

        @Label("Reason")
        @Nullable
        String reason;

        @Label("Detail")
        @Nullable
        String detail;

        @Label("Established")
        boolean wasEstablished;

        @Label("Age")
        @Timespan(Timespan.NANOSECONDS)
        long age;

        @Label("Bytes In")
        @DataAmount
        long bytesIn;

        @Label("Bytes Out")
        @DataAmount
        long bytesOut;
    }

    /** A handshake of TLS was made, or failed. */
    @Name("dev.gridmate.TlsHandshake")
    @Label("TLS Handshake")
    static final class Handshake extends OfConnection {
        static final Handshake ASKED = new Handshake();

        @Label("Handshake Time")
        @Timespan(Timespan.NANOSECONDS)
        long took;

        @Label("Outcome")
        @Nullable
        String outcome;
    }

    /** A peer read too slowly. */
    @Name("dev.gridmate.SlowConsumer")
    @Label("Slow Consumer")
    static final class SlowConsumer extends OfConnection {
        static final SlowConsumer ASKED = new SlowConsumer();

        @Label("Bytes That Waited")
        @DataAmount
        long waited;
    }

    /** A rate limit made a peer wait, or ended it. */
    @Name("dev.gridmate.RateLimited")
    @Label("Rate Limited")
    static final class RateLimited extends Base {
        static final RateLimited ASKED = new RateLimited();

        @Label("Address")
        @Nullable
        String address;

        @Label("Ended")
        boolean isEnded;
    }

    /** An update took long. */
    @Name("dev.gridmate.LongUpdate")
    @Label("Long Update")
    @Description("An update that took longer than 20 ms")
    static final class LongUpdate extends Base {
        static final LongUpdate ASKED = new LongUpdate();

        @Label("Update Time")
        @Timespan(Timespan.NANOSECONDS)
        long took;

        @Label("Work")
        int work;
    }

    /** The program came back late. */
    @Name("dev.gridmate.UpdateGap")
    @Label("Update Gap")
    static final class Gap extends Base {
        static final Gap ASKED = new Gap();

        @Label("Gap")
        @Timespan(Timespan.NANOSECONDS)
        long gap;
    }

    /** How a driver or carrier is, from time to time. */
    @Name("dev.gridmate.Statistics")
    @Label("Statistics")
    @Period("1 s")
    static final class Statistics extends Base {
        static final Statistics ASKED = new Statistics();

        @Label("Kind")
        @Nullable
        String kind;

        @Label("Established Connections")
        long connections;

        @Label("Packets In")
        long packetsIn;

        @Label("Packets Out")
        long packetsOut;

        @Label("Bytes In")
        @DataAmount
        long bytesIn;

        @Label("Bytes Out")
        @DataAmount
        long bytesOut;

        @Label("Since the Last Update")
        @Timespan(Timespan.NANOSECONDS)
        long sinceUpdate;
    }
}
