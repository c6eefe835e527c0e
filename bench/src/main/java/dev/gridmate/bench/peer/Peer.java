package dev.gridmate.bench.peer;

/**
 * A library at work: one method for each role of {@code bench/PEERS.md}. A peer overrides the roles
 * that it has. Servers never return, since the end of the commands ends the process; of the clients
 * {@code ping} returns.
 */
abstract class Peer {

    void echo(Options options, Commands commands) throws Exception {
        throw lacks("echo");
    }

    void sink(Options options, Commands commands) throws Exception {
        throw lacks("sink");
    }

    void tick(Options options, Commands commands) throws Exception {
        throw lacks("tick");
    }

    void burst(Options options, Commands commands) throws Exception {
        throw lacks("burst");
    }

    void update(Options options, Commands commands) throws Exception {
        throw lacks("update");
    }

    void ping(Options options, Commands commands) throws Exception {
        throw lacks("ping");
    }

    void stream(Options options, Commands commands) throws Exception {
        throw lacks("stream");
    }

    private static Unavailable lacks(String role) {
        return new Unavailable("this peer has no " + role);
    }
}
