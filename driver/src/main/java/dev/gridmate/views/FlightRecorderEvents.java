package dev.gridmate.views;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * Gives events to the flight recorder. Each method returns at once if its kind of event is not
 * recorded, and then makes nothing.
 */
final class FlightRecorderEvents implements Recorder {

    @Override
    public void opened(String source, long number, Object address, boolean isOutgoing) {
        if (!Flight.Opened.ASKED.isEnabled()) {
            return;
        }
        Flight.Opened event = new Flight.Opened();
        fill(event, source, number, address);
        event.isOutgoing = isOutgoing;
        event.commit();
    }

    @Override
    public void ended(
            String source, EndLog.Entry end, String reason, boolean wasEstablished, long bytesIn, long bytesOut) {
        if (!Flight.Ended.ASKED.isEnabled()) {
            return;
        }
        Flight.Ended event = new Flight.Ended();
        fill(event, source, end.number(), end.address());
        event.reason = reason;
        event.detail = end.detail();
        event.wasEstablished = wasEstablished;
        event.age = end.age();
        event.bytesIn = bytesIn;
        event.bytesOut = bytesOut;
        event.commit();
    }

    @Override
    public void handshake(String source, long number, Object address, long took, String outcome) {
        if (!Flight.Handshake.ASKED.isEnabled()) {
            return;
        }
        Flight.Handshake event = new Flight.Handshake();
        fill(event, source, number, address);
        event.took = took;
        event.outcome = outcome;
        event.commit();
    }

    @Override
    public void slowConsumer(String source, long number, Object address, long waited) {
        if (!Flight.SlowConsumer.ASKED.isEnabled()) {
            return;
        }
        Flight.SlowConsumer event = new Flight.SlowConsumer();
        fill(event, source, number, address);
        event.waited = waited;
        event.commit();
    }

    @Override
    public void rateLimited(String source, Object address, boolean isEnded) {
        if (!Flight.RateLimited.ASKED.isEnabled()) {
            return;
        }
        Flight.RateLimited event = new Flight.RateLimited();
        event.source = source;
        event.address = address.toString();
        event.isEnded = isEnded;
        event.commit();
    }

    @Override
    public void longUpdate(String source, long took, int work) {
        if (!Flight.LongUpdate.ASKED.isEnabled()) {
            return;
        }
        Flight.LongUpdate event = new Flight.LongUpdate();
        event.source = source;
        event.took = took;
        event.work = work;
        event.commit();
    }

    @Override
    public void gap(String source, long gap) {
        if (!Flight.Gap.ASKED.isEnabled()) {
            return;
        }
        Flight.Gap event = new Flight.Gap();
        event.source = source;
        event.gap = gap;
        event.commit();
    }

    private static void fill(Flight.OfConnection event, String source, long number, Object address) {
        event.source = source;
        event.number = number;
        event.address = address.toString();
    }

    // ------------------------------------------------------------ from time to time

    @Override
    public void statistics(String source, String kind, Map<String, Long> counters, long sinceUpdate) {
        Flight.Statistics event = new Flight.Statistics();
        event.source = source;
        event.kind = kind;
        event.connections = get(counters, "CONNECTIONS_ESTABLISHED") - get(counters, "DISCONNECTS");
        event.packetsIn = get(counters, "PACKETS_IN", "DATAGRAMS_IN");
        event.packetsOut = get(counters, "PACKETS_OUT", "DATAGRAMS_OUT");
        event.bytesIn = get(counters, "BYTES_IN");
        event.bytesOut = get(counters, "BYTES_OUT");
        event.sinceUpdate = sinceUpdate;
        event.commit();
    }

    private static long get(Map<String, Long> counters, String... names) {
        long sum = 0;
        for (String each : names) {
            sum += counters.getOrDefault(each, 0L);
        }
        return sum;
    }

    @Override
    public void begin(Runnable statistics) {
        Periodic.begin(statistics);
    }

    @Override
    public void end(Runnable statistics) {
        Periodic.end(statistics);
    }

    /** What is to be called from time to time. */
    private static final class Periodic implements FlightRecorderListener {

        private static final Set<Runnable> ALL = ConcurrentHashMap.newKeySet();
        private static boolean isListening;

        private Periodic() {}

        static void begin(Runnable statistics) {
            ALL.add(statistics);
            listen();
        }

        // The recorder is not made ready for this: that takes a good part of a second, and most
        // programs never use it.
        private static synchronized void listen() {
            if (!isListening) {
                isListening = true;
                FlightRecorder.addListener(new Periodic());
            }
        }

        static void end(Runnable statistics) {
            ALL.remove(statistics);
        }

        @Override
        public void recorderInitialized(FlightRecorder recorder) {
            FlightRecorder.addPeriodicEvent(Flight.Statistics.class, () -> ALL.forEach(Runnable::run));
        }
    }
}
