package dev.gridmate.cli;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;

/** Sends every packet back to who sent it, or is a sink. */
final class EchoServer implements AutoCloseable {

    // The system cuts this down to its own maximum.
    private static final int BACKLOG = 4096;

    // So many packets in a turn that a turn's fixed cost does not show, so few that everybody's
    // reads come soon.
    private static final int PACKETS_PER_TURN = 4096;

    private final GridMate gridMate = new GridMate();
    private final StreamSocketDriver driver;
    private final PacketHandler handler;

    private EchoServer(StreamSocketDriverConfig config, StreamSocketDriverEvents events, boolean isSink) {
        driver = new StreamSocketDriver(gridMate, config);
        var bus = gridMate.eventBus(StreamSocketDriverEvents.class);
        bus.connect(events);
        if (isSink) {
            Sink sink = new Sink(driver);
            bus.connect(sink);
            handler = sink;
        } else {
            handler = this::sendBack;
        }
    }

    static EchoServer echo(StreamSocketDriverConfig config, StreamSocketDriverEvents events) {
        return new EchoServer(config, events, false);
    }

    static EchoServer sink(StreamSocketDriverConfig config, StreamSocketDriverEvents events) {
        return new EchoServer(config, events, true);
    }

    /** Begins to listen; fails with the user's way out. */
    void listen(InetAddress ip, int port, TlsFiles files) {
        ResultCode code = driver.initialize(HostPort.family(ip), ip.getHostAddress(), port);
        if (code == ResultCode.OK) {
            code = driver.startListen(BACKLOG);
        }
        if (code == ResultCode.TLS_CONFIGURATION) {
            throw new Failure(files.inTheUsersWords(driver.lastError()));
        }
        if (code != ResultCode.OK) {
            throw cannotListen(ip, port, driver.lastError());
        }
    }

    static Failure cannotListen(InetAddress ip, int port, String error) {
        return new Failure("cannot listen on " + HostPort.text(ip, port) + ": "
                + error.substring(error.lastIndexOf(": ") + 1).strip() + ". " + wayOut(error));
    }

    private static String wayOut(String error) {
        String lower = error.toLowerCase(Locale.ROOT);
        if (lower.contains("in use")) {
            return "Stop the program that has the port, or choose another with --port (0: any free one)";
        } else if (lower.contains("permission")) {
            return "Ports below 1024 are for root: choose another with --port";
        } else if (lower.contains("assign")) {
            return "--bind takes an address of this machine; 0.0.0.0 and :: are all of them";
        } else if (lower.contains("too many open files")) {
            return "Raise the limit with ulimit -n";
        }
        return "Check --bind and --port";
    }

    /** {@return what serves, to be looked at} */
    StreamSocketDriver driver() {
        return driver;
    }

    int port() {
        return driver.port();
    }

    int connections() {
        return driver.numberOfConnections();
    }

    /** Says what the system said when it refused something last. */
    String lastError() {
        return driver.lastError();
    }

    long counter(DriverCounter counter) {
        return driver.counter(counter);
    }

    /** One tick; returns the work done. */
    int turn() {
        int work = driver.update();
        int packets = driver.receive(handler, PACKETS_PER_TURN);
        if (packets > 0) {
            driver.flush();
        }
        return work + packets;
    }

    // A peer that does not take its echoes is disconnected by the driver, and counted: nothing is
    // left to do here.
    private void sendBack(SocketDriverAddress from, ByteBuffer packet) {
        ResultCode unused = driver.send(from, packet);
    }

    void waitForData(Duration timeout) {
        boolean unused = driver.waitForData(timeout);
    }

    /** Ends the present or the next wait; for any thread. */
    void wake() {
        driver.stopWaitForData();
    }

    /**
     * Begins to close in order: nobody new, what was echoed still leaves. The end comes with
     * further turns.
     */
    void stop() {
        driver.stopListen();
        driver.connections().forEach(driver::disconnectFrom);
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
