package dev.gridmate.monitor;

import com.sun.net.httpserver.HttpServer;
import dev.gridmate.carrier.Carrier;
import dev.gridmate.driver.Driver;
import dev.gridmate.internal.Arguments;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small web server that shows drivers and carriers while they run. It only reads.
 *
 * <pre>{@code
 * try (Monitor monitor = Monitor.builder().add(driver).bind("127.0.0.1", 9400).start()) {
 *     System.out.println("look at " + monitor.address());
 *     // your loop
 * }
 * }</pre>
 *
 * <table>
 * <caption>What it answers</caption>
 * <tr><th>path</th><th>what</th></tr>
 * <tr><td>{@code /}</td><td>a page with live charts, the connections and the last ends</td></tr>
 * <tr><td>{@code /metrics}</td><td>the meters, for Prometheus; the names are those of {@code
 *     gridmate-micrometer}</td></tr>
 * <tr><td>{@code /snapshot.json}</td><td>the pictures as JSON; {@code sort} is a constant of {@link
 *     dev.gridmate.snapshot.SnapshotRequest.Sort}, {@code limit} is 0 to 1,000
 *     connections</td></tr>
 * <tr><td>{@code /healthz}</td><td>200 while all loops update; else 503, and the program should be
 *     started anew</td></tr>
 * <tr><td>{@code /readyz}</td><td>200 while all loops update, and newcomers can come; else 503, and
 *     newcomers should be sent elsewhere</td></tr>
 * </table>
 *
 * <p><b>From where.</b> It listens on the loopback address unless {@link Builder#bind} says
 * otherwise, and then it must have a {@link Builder#token}. The token and the figures travel in
 * clear: between machines, use a tunnel or a proxy with TLS. The page, and the two answers for a
 * supervisor, need no token, and hold no figure.
 *
 * <p><b>How much.</b> It has 8 threads, and 64 requests may wait for one; the connections of others
 * are closed. A request has 10 seconds ({@link Builder#requestTimeout}). How many
 * connections are open, and how large the headers may be, are settings of the JDK's server for the
 * whole process: {@code -Djdk.httpserver.maxConnections} (no limit), {@code
 * -Dsun.net.httpserver.maxReqHeaderSize} (380 KiB). Set the first one when the port is open to
 * strangers: their connections use up the process's descriptors.
 *
 * <p><b>What it costs.</b> When nobody asks, nothing. Else each loop takes a picture, twice a
 * second at most for each order of its connections, however many ask. The page tells of a loop that
 * has stopped. No other work of a request is done on a loop's thread.
 *
 * <p>All methods may be called by any thread.
 */
public final class Monitor implements AutoCloseable {

    private final HttpServer server;
    private final Workers workers;

    private Monitor(Builder from, InetAddress ip) throws IOException {
        server = HttpServer.create(new InetSocketAddress(ip, from.port), 0);
        workers = new Workers(from.requestTimeout);
        Figures figures = new Figures(from.drivers, from.carriers, from.stalledAfter);
        Guard guard = new Guard(from.token, from.hostNames, server.getAddress().getPort());
        server.createContext("/", new Site(guard, figures, new Health(figures)));
        server.setExecutor(workers);
        server.start();
    }

    /** {@return a builder of a monitor that looks at nothing yet} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the address of the page, for a browser on this machine} */
    public URI address() {
        InetSocketAddress bound = server.getAddress();
        InetAddress ip = bound.getAddress();
        String host = ip.isAnyLocalAddress() ? "127.0.0.1" : ip.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort() + "/");
    }

    /** {@return the port that it listens on} */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops at once. Requests that are being answered are cut off. Closing twice does nothing. */
    @Override
    public void close() {
        server.stop(0);
        workers.close();
    }

    /** Settings of a monitor. Not for several threads at a time. */
    public static final class Builder {

        private final List<Driver> drivers = new ArrayList<>();
        private final List<Carrier> carriers = new ArrayList<>();
        private final Set<String> hostNames = new HashSet<>();
        private String host = "127.0.0.1";
        private int port;
        private @Nullable Token token;
        private Duration stalledAfter = Duration.ofSeconds(3);
        private Duration requestTimeout = Duration.ofSeconds(10);

        private Builder() {}

        /**
         * Adds a driver to look at. It may be added before it is initialized, and closed before the
         * monitor is.
         *
         * @param driver the driver
         * @return this builder
         */
        public Builder add(Driver driver) {
            drivers.add(Objects.requireNonNull(driver, "driver"));
            return this;
        }

        /**
         * Adds a carrier to look at. It may be closed before the monitor is.
         *
         * @param carrier the carrier
         * @return this builder
         */
        public Builder add(Carrier carrier) {
            carriers.add(Objects.requireNonNull(carrier, "carrier"));
            return this;
        }

        /**
         * Says where to listen. By default that is the loopback address, and a port that the system
         * chooses.
         *
         * @param host an IP address, or a name that is looked up in {@link #start}; {@code 0.0.0.0}
         *     is all interfaces
         * @param port 0 to 65535; 0 lets the system choose
         * @return this builder
         * @throws IllegalArgumentException if the port is out of range
         */
        public Builder bind(String host, int port) {
            this.host = Objects.requireNonNull(host, "host");
            this.port = Arguments.inRange("port", port, 0, 65_535);
            return this;
        }

        /**
         * Says what those must know that ask for figures: programs send {@code Authorization:
         * Bearer TOKEN}, and people type it into the page. Needed if other machines can connect.
         *
         * @param token 16 or more characters of ASCII without spaces, chosen at random
         * @return this builder
         * @throws IllegalArgumentException if it is shorter, or has other characters
         */
        public Builder token(String token) {
            this.token = Token.of(Objects.requireNonNull(token, "token"));
            return this;
        }

        /**
         * Allows a name of this machine in the address that browsers use. IP addresses and {@code
         * localhost} are allowed always. Other names are refused: any name can be made to point to
         * this machine by those that own it, and then their pages could read the figures. A request
         * with the right token in its header may use any name.
         *
         * @param name a host name without port, for example {@code game1.example.org}
         * @return this builder
         */
        public Builder hostName(String name) {
            hostNames.add(name.toLowerCase(Locale.ROOT));
            return this;
        }

        /**
         * Says after which time without an update a loop counts as standing still: on the page, and
         * for {@code /healthz} and {@code /readyz}. 3 seconds by default.
         *
         * @param time above zero, at most 365 days
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder stalledAfter(Duration time) {
            stalledAfter = Arguments.aboveZero("stalledAfter", time);
            return this;
        }

        /**
         * Says how long a request may take, from its first byte to the last one of its answer. Then
         * its connection is closed. 10 seconds by default.
         *
         * @param time above zero, at most 365 days
         * @return this builder
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder requestTimeout(Duration time) {
            requestTimeout = Arguments.aboveZero("requestTimeout", time);
            return this;
        }

        /**
         * Starts the monitor.
         *
         * @return the monitor, which listens
         * @throws IOException if the address is unknown, or the system refuses it, most often since
         *     the port is taken
         * @throws IllegalStateException if it would listen to other machines without a token
         */
        public Monitor start() throws IOException {
            InetAddress ip = InetAddress.getByName(host);
            if (token == null && !ip.isLoopbackAddress()) {
                throw new IllegalStateException("a monitor on " + host
                        + " can be reached by other machines: give it a token(...), or bind it to 127.0.0.1");
            }
            return new Monitor(this, ip);
        }
    }
}
