package dev.gridmate.views;

import java.util.Map;

/**
 * Takes events, if the Java VM has a flight recorder. An interface, so that no class that uses it
 * needs the module {@code jdk.jfr}, not even to be verified.
 */
interface Recorder {

    /** {@return the recorder of this Java VM, or one that records nothing} */
    static Recorder ofThisVm() {
        return Modules.isPresent("jdk.jfr.Event") ? Known.present() : new Recorder() {};
    }

    /** Refers to what may be missing. */
    final class Known {

        private Known() {}

        private static Recorder present() {
            return new FlightRecorderEvents();
        }
    }

    default void opened(String source, long number, Object address, boolean isOutgoing) {}

    default void ended(
            String source, EndLog.Entry end, String reason, boolean wasEstablished, long bytesIn, long bytesOut) {}

    default void handshake(String source, long number, Object address, long took, String outcome) {}

    default void slowConsumer(String source, long number, Object address, long waited) {}

    default void rateLimited(String source, Object address, boolean isEnded) {}

    default void longUpdate(String source, long took, int work) {}

    default void gap(String source, long gap) {}

    /** How one is; on a thread of the recorder's. */
    default void statistics(String source, String kind, Map<String, Long> counters, long sinceUpdate) {}

    /** Calls something from time to time, as long as somebody records. */
    default void begin(Runnable statistics) {}

    /** Calls it no more. */
    default void end(Runnable statistics) {}
}
