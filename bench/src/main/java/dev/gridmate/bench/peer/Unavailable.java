package dev.gridmate.bench.peer;

/**
 * A role that this peer, or this machine, does not have; the benchmark leaves the cell out and says
 * why.
 */
final class Unavailable extends Exception {

    private static final long serialVersionUID = 1;

    Unavailable(String reason) {
        super(reason);
    }
}
