package dev.gridmate.bench.peer;

/**
 * How long it takes to handle what has gathered, and how long the first and the last connection
 * wait for their turn.
 */
final class BurstTimer {

    /** A connection's part: whether it has had its turn since the last {@code go}. */
    static final class Turn {
        private int round;
    }

    private final int connections;
    private final long packets;
    private final boolean handedOver;
    private int round;
    private long start;
    private int served;
    private long handled;
    private long firstServed;
    private long lastServed;

    BurstTimer(Options options, boolean handedOver) {
        connections = options.connections();
        packets = (long) connections * options.packets();
        this.handedOver = handedOver;
    }

    int connections() {
        return connections;
    }

    void go() {
        round++;
        served = 0;
        handled = 0;
        start = System.nanoTime();
    }

    /**
     * Counts a packet. Tells the time for the first and for the last connection only, so that the
     * clock costs nothing.
     */
    void handle(Turn turn) {
        if (turn.round != round) {
            turn.round = round;
            served++;
            if (served == 1) {
                firstServed = System.nanoTime() - start;
            }
            if (served == connections) {
                lastServed = System.nanoTime() - start;
            }
        }
        if (++handled == packets) {
            print(System.nanoTime() - start);
        }
    }

    private void print(long nanos) {
        Line line = Line.event("handled")
                .with("nanos", nanos)
                .with("first_connection_ns", firstServed)
                .with("last_connection_ns", lastServed);
        (handedOver ? line.with("handed_over", true) : line).print();
    }
}
