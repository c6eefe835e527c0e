package dev.gridmate.cli;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.carrier.CarrierCounter;
import dev.gridmate.carrier.NewcomerLimits;
import dev.gridmate.carrier.badnet.DefaultSimulator;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;

/**
 * One part of the demo: messages over UDP, on a network that loses a fifth of all datagrams.
 */
final class CarrierDemo implements AutoCloseable {

    private static final int LOSS_PERCENT = 20;
    /** As a game sends them: at full speed they would measure how long the packets' turns take. */
    private static final double NANOS_PER_MESSAGE = 1e9 / 120;

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
                Long.MAX_VALUE,
                NANOS_PER_MESSAGE,
                EchoClient.WINDOW,
                CarrierClient.ALL_CHANNELS,
                false,
                true,
                PATIENCE);
        PacketSource source = PacketSource.ofRange(new Size(1, 1000), PacketSource.SEED);
        client = new CarrierClient(options, address, PATIENCE, plan, source, network, Figures.histogramOfNanos());
    }

    /** One tick of both sides; returns the work done. */
    int turn() {
        return server.turn() + client.turn();
    }

    void stopSending() {
        client.stopSending();
    }

    /** {@return true when all echoes are back, and the connection is closed} */
    boolean finish() {
        return client.finish();
    }

    boolean isHealthy(long now) {
        return !client.isStalled(now) && client.failure() == null;
    }

    long received() {
        return client.received();
    }

    long mismatched() {
        return client.mismatched();
    }

    Carrier carrier() {
        return server.carrier();
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
