package dev.gridmate.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be measured between two machines. */
enum Workload {
    /** The length of one round trip. */
    PING_PONG(1, 64),
    /** How much goes through one connection. */
    STREAM(1, 1024),
    /** How many round trips a server makes for many clients. */
    MANY(100, 64),
    /**
     * What a game's packets meet with, which leave when their time has come, whatever became of the
     * last ones.
     */
    TICK(10, 200);

    private final int connections;
    private final int size;

    Workload(int connections, int size) {
        this.connections = connections;
        this.size = size;
    }

    /** Returns how many connections there are unless the user says otherwise. */
    int connections() {
        return connections;
    }

    /** Returns the bytes of a packet unless the user says otherwise. */
    int size() {
        return size;
    }

    boolean hasManyConnections() {
        return connections > 1;
    }

    /** Returns the name that the user knows. */
    String label() {
        return key().replace('_', '-');
    }

    /** Returns the name in JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static String labels(List<Workload> workloads) {
        return workloads.stream().map(Workload::label).collect(Collectors.joining(", "));
    }

    /** Reads one, or all; none if it is not understood. */
    static List<Workload> parse(String text) {
        return Stream.of(values())
                .filter(each -> text.equals("all") || text.equals(each.label()))
                .toList();
    }
}
