package dev.gridmate.cli;

import java.time.Duration;

/**
 * What one run of a workload does.
 *
 * @param oneWay whether the server is a sink
 * @param size bytes of a packet
 * @param perSecond packets per second on each connection; 0 for as fast as the server allows
 * @param window bytes that may be on their way on a connection; one packet may always be
 * @param warmup nanoseconds
 * @param nanos how long to measure
 * @param timeout the longest wait for a connection, and for an echo
 */
record BenchPlan(
        Workload workload,
        boolean oneWay,
        int connections,
        int size,
        double perSecond,
        int window,
        long warmup,
        long nanos,
        Duration timeout) {

    /** A window that only the one packet passes that always may. */
    static final int ONE_PACKET = 1;

    /** Whether packets leave when they are due, and not when the last ones are back. */
    boolean isPaced() {
        return perSecond > 0;
    }

    double nanosPerPacket() {
        return isPaced() ? new Rate(perSecond).nanosPerPacket() : 0;
    }

    /** Begins to connect one of the clients, which sends nothing yet. */
    Client connect(Destination to, int number, PacketSource source, RoundTrips roundTrips) {
        return oneWay
                ? new SinkClient(to, window, source, timeout)
                : new EchoClient(
                        to, number, new EchoClient.Plan(0, nanosPerPacket(), window, timeout), source, roundTrips);
    }
}
