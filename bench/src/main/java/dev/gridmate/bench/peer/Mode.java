package dev.gridmate.bench.peer;

/** How a peer's loop passes the time in which nothing happens. */
enum Mode {
    /** It does not: it asks again at once. */
    POLLED,
    /** It waits in the system. */
    BLOCKING
}
