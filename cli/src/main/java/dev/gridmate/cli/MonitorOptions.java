package dev.gridmate.cli;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.driver.Driver;
import dev.gridmate.monitor.Monitor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** A page in the browser that shows the command at work. */
final class MonitorOptions {

    /** A page of a thousand drivers helps nobody, and each is asked for a picture. */
    private static final int MOST_SHOWN = 20;

    @Option(
            names = "--monitor",
            paramLabel = "[ADDR:]PORT",
            description = "Show it at work on a page at this address, with live charts; /metrics there is for"
                    + " Prometheus. ADDR is 127.0.0.1 unless given, PORT 0 has the system choose.")
    private @Nullable String address;

    @Option(
            names = "--monitor-token",
            paramLabel = "FILE",
            description = "Show figures only to those who know the first line of this file, 16 characters or more."
                    + " Needed if ADDR can be reached by other machines.")
    private @Nullable Path token;

    /** The port that the system has chosen, for a page that comes again. */
    private int chosen;

    /** Has a page shown on a port that the system chooses, unless the user said where. */
    void showAnyway() {
        address = address == null ? "0" : address;
    }

    void check(CommandSpec command) {
        if (address == null && token != null) {
            throw Checks.wrong(command, "--monitor-token is for --monitor");
        }
        if (address != null) {
            HostPort unused = where(command, address);
        }
    }

    /**
     * Starts the page, if it is asked for, and says where it is.
     *
     * @return the page; null if nobody asked
     */
    @Nullable
    Monitor start(CommandSpec command, Console console, List<? extends Driver> drivers, List<Carrier> carriers) {
        if (address == null) {
            return null;
        }
        HostPort at = where(command, address);
        InetAddress ip = HostPort.lookUp(at.host());
        Monitor.Builder page = Monitor.builder().bind(ip.getHostAddress(), chosen == 0 ? at.port() : chosen);
        drivers.stream().limit(MOST_SHOWN).forEach(page::add);
        carriers.forEach(page::add);
        if (token != null) {
            secret(token, page);
        } else if (!ip.isLoopbackAddress()) {
            throw new Failure("--monitor " + address + " can be reached by other machines: give it a secret with"
                    + " --monitor-token FILE, or leave the address off");
        }
        try {
            Monitor monitor = page.start();
            if (chosen == 0) {
                console.err().println("watch it on " + monitor.address());
            }
            chosen = monitor.port();
            return monitor;
        } catch (BindException e) {
            throw new Failure("cannot show a page on " + at + ": " + e.getMessage()
                    + ". Choose another port with --monitor; 0: any free one");
        } catch (IOException e) {
            throw new Failure("cannot show a page on " + at + ": " + e.getMessage());
        }
    }

    private static void secret(Path file, Monitor.Builder page) {
        try {
            page.token(Files.readString(file).lines().findFirst().orElse("").strip());
        } catch (IOException e) {
            throw new Failure("cannot read --monitor-token " + file + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new Failure("--monitor-token " + file + ": " + e.getMessage());
        }
    }

    private static HostPort where(CommandSpec command, String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : address.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        String port = address.substring(colon + 1);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535 || host.isEmpty()) {
            throw Checks.wrong(
                    command,
                    "--monitor is '" + address + "', it must be PORT or ADDR:PORT, for example 9400 or [::1]:9400");
        }
        return new HostPort(host, Integer.parseInt(port));
    }
}
