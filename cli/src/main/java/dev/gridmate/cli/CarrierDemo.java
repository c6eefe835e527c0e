package dev.gridmate.cli;

import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.NewcomerLimits;
import dev.gridmate.carrier.badnet.DefaultSimulator;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;

/**
 * The second part of the demo: messages over UDP, on a network that loses a fifth of all datagrams.
 */
final class CarrierDemo implements AutoCloseable {

    private static final int LOSS_PERCENT = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Console console;
    private final DefaultSimulator network = CarrierSendCommand.network(PacketSource.SEED, LOSS_PERCENT / 100.0, 0);
    private final CarrierEcho server;
    private final CarrierClient client;

    CarrierDemo(Console console) {
        this.console = console;
        CarrierOptions options = new CarrierOptions();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        server = new CarrierEcho(
                options,
                loopback,
                0,
                1,
                NewcomerLimits.DEFAULTS,
                new CarrierLog(console.err(), EventLog.Style.UNUSUAL));
        HostPort address = HostPort.of(loopback, server.port());
        console.err()
                .printf(
                        Locale.ROOT,
                        "a carrier over UDP on %s, of whose datagrams a simulated network loses %d %% each way%n",
                        address,
                        LOSS_PERCENT);
        CarrierClient.Plan plan = new CarrierClient.Plan(
                Long.MAX_VALUE, 0, EchoClient.WINDOW, CarrierClient.ALL_CHANNELS, false, true, PATIENCE);
        PacketSource source = PacketSource.ofRange(new Size(1, 1000), PacketSource.SEED);
        client = new CarrierClient(options, address, PATIENCE, plan, source, network, Figures.histogramOfNanos());
    }

    /** Sends for a time, and waits for the echoes. */
    void run(long limit) {
        Idle idle = Idle.napping();
        Progress progress = new Progress(console);
        long start = System.nanoTime();
        boolean healthy = true;
        while (healthy && !client.finish()) {
            idle.after(server.turn() + client.turn());
            long now = System.nanoTime();
            if (now - start >= limit || console.stop().isRequested()) {
                client.stopSending();
            }
            if (progress.isDue(now)) {
                progress.show(now, progressLine(now - start));
            }
            healthy = !client.isStalled(now) && client.failure() == null;
        }
        progress.end();
    }

    private String progressLine(long elapsed) {
        return String.format(
                Locale.ROOT,
                "%4.1f s: %,d messages there and back, %d wrong",
                elapsed / 1e9,
                client.received(),
                client.mismatched());
    }

    boolean isIntact() {
        return client.failure() == null && client.isIntact();
    }

    void addFigures(Figures figures) {
        figures.add("messages_sent", client.sent())
                .add("messages_received", client.received())
                .add("messages_mismatched", client.mismatched())
                .add("reliable_sent", client.sentReliable())
                .add("reliable_received", client.receivedReliable())
                .add("messages_resent", resent())
                .add("datagrams_out", datagrams())
                .add("datagrams_lost", datagramsLost());
    }

    void report() {
        console.out().println("            messages out  messages back           lost");
        row("reliable", client.sentReliable(), client.receivedReliable());
        row("unreliable", client.sent() - client.sentReliable(), client.received() - client.receivedReliable());
        console.out()
                .printf(
                        Locale.ROOT,
                        "of %,d datagrams %,d were lost; %,d messages were sent again%n",
                        datagrams(),
                        datagramsLost(),
                        resent());
    }

    private void row(String name, long sent, long received) {
        console.out().printf(Locale.ROOT, "%-10s %,13d %,14d %,14d%n", name, sent, received, sent - received);
    }

    private long resent() {
        return client.counter(CarrierCounter.MESSAGES_RESENT) + server.counter(CarrierCounter.MESSAGES_RESENT);
    }

    private long datagrams() {
        return client.counter(CarrierCounter.DATAGRAMS_OUT) + server.counter(CarrierCounter.DATAGRAMS_OUT);
    }

    private long datagramsLost() {
        return network.outgoingCounters().lost() + network.incomingCounters().lost();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
