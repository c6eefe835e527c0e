package dev.gridmate.cli;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** All the clients of a run, polled by one thread. */
final class Clients implements Exchange, AutoCloseable {

    private final List<Client> all = new ArrayList<>();
    private @Nullable SSLSession tlsSession;
    private final RoundTrips roundTrips = new RoundTrips(System.nanoTime());

    RoundTrips roundTrips() {
        return roundTrips;
    }

    void add(Client client) {
        all.add(client);
    }

    /** {@return the drivers, one for each client} */
    List<StreamSocketDriver> drivers() {
        return all.stream().map(Client::driver).toList();
    }

    @Override
    public int turn() {
        int work = 0;
        for (int i = 0; i < all.size(); i++) {
            work += all.get(i).turn();
        }
        if (tlsSession == null
                && !all.isEmpty()
                && all.get(0).wasEstablished()
                && !all.get(0).isOver()) {
            tlsSession = all.get(0).tlsSession();
        }
        return work;
    }

    @Override
    public boolean finish() {
        boolean over = true;
        for (int i = 0; i < all.size(); i++) {
            Client client = all.get(i);
            if (!client.isOver()) {
                over = false;
                if (client.wasEstablished() && client.isComplete() && !client.isClosing()) {
                    client.disconnect();
                }
            }
        }
        return over;
    }

    @Override
    public void stopSending() {
        all.forEach(Client::stopSending);
    }

    /** Returns the first client whose connection ended against its will; null if there is none. */
    @Nullable
    Client failed() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).failure() != null) {
                return all.get(i);
            }
        }
        return null;
    }

    /**
     * Says what is wrong.
     *
     * @param came what has come so far: "3 of 7 packets"
     * @param missing what it means that nothing more comes
     * @return null if nothing is
     */
    @Nullable
    String problem(HostPort to, long now, Supplier<String> came, Supplier<String> missing) {
        Client failed = failed();
        DisconnectReason reason = failed == null ? null : failed.failure();
        if (failed != null && reason != null) {
            return failed.wasEstablished()
                    ? "connection to " + to + " ended: " + reason + " after " + came.get() + hint(reason)
                    : cannotConnect(to, reason);
        }
        return isStalled(now) ? missing.get() : null;
    }

    static String cannotConnect(HostPort to, DisconnectReason reason) {
        String detail = reason.detail();
        String advice = reason.code() == DisconnectReason.Code.TLS_FAILED || detail.contains("TLS")
                ? TlsFiles.wayOut(detail)
                : detail.contains("refused")
                        ? "Is a server listening there? Start one with: gridmate echo --port " + to.port()
                        : reason.code() == DisconnectReason.Code.UNKNOWN_HOST
                                ? "Check the spelling, or use an IP address"
                                : "Check the address, the network and firewalls";
        return "cannot connect to " + to + ": " + withWayOut(detail) + ". " + advice;
    }

    /** Adds what helps when the system has said that it has no more of something. */
    static String withWayOut(String error) {
        return error + (error.contains("Too many open files") ? ". Raise the limit with ulimit -n" : "");
    }

    // A server with TLS has no words for a client without it, and only closes.
    private String hint(DisconnectReason reason) {
        boolean mayWantTls =
                tlsSession == null && received() == 0 && reason.code() == DisconnectReason.Code.REMOTE_CLOSED;
        return mayWantTls ? ". Does the server want --tls?" : "";
    }

    boolean isStalled(long now) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isStalled(now)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Says what was agreed on, once, and only of the first: the others are connections with the
     * same server.
     */
    void tellTls(Console console) {
        SSLSession session = tlsSession;
        if (session != null) {
            console.err().println("TLS: " + TlsFiles.describe(session));
        }
    }

    boolean isAnyEstablished() {
        return all.stream().anyMatch(Client::wasEstablished);
    }

    boolean areAllEstablished() {
        return all.stream().allMatch(Client::wasEstablished);
    }

    /** Begins to send without end on all connections, which were made to send nothing. */
    void startSending(long now) {
        all.forEach(client -> client.startSending(now));
    }

    @Override
    public long received() {
        return sum(Client::received);
    }

    /** Returns the moment for which {@link #received} is right. */
    long countedAt(long now) {
        return all.stream().mapToLong(client -> client.countedAt(now)).reduce(now, (a, b) -> a - b < 0 ? a : b);
    }

    long sum(ToLongFunction<Client> value) {
        return all.stream().mapToLong(value).sum();
    }

    long counter(DriverCounter counter) {
        return sum(client -> client.counter(counter));
    }

    @Override
    public void close() {
        all.forEach(Client::close);
    }
}
