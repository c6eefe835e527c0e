package dev.gridmate.bench.peer;

/** What a server counts between {@code mark} and {@code report}. */
interface Count {

    void mark();

    Line report();
}
