package dev.gridmate.carrier;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedHost;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/** One carrier on a simulated host, and all that it tells and receives. */
final class Side implements CarrierEvents, AutoCloseable {

    static final int PORT = 2018;

    /** What carries the datagrams. */
    enum Wire {
        UDP,
        TCP
    }

    /** A message as it was received. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares these as a whole
    record Received(ConnectionId from, int channel, DataReliability reliability, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    final GridMate gridMate = new GridMate((handler, error) -> {
        throw new AssertionError("a handler threw", error);
    });
    final Driver driver;
    final Carrier carrier;

    /** One line for each event, with the number of the connection. */
    final List<String> events = new ArrayList<>();

    final List<Received> received = new ArrayList<>();

    /** Whether its program receives nothing for the time being. */
    boolean isDeaf;

    private ConnectionId last = ConnectionId.ALL;

    Side(SimulatedHost host, Wire wire, UnaryOperator<CarrierDesc.Builder> settings) {
        this(host, wire, 1372, settings);
    }

    Side(SimulatedHost host, Wire wire, int maxPacketSize, UnaryOperator<CarrierDesc.Builder> settings) {
        this(host, wire, maxPacketSize, 0, settings);
    }

    /** One with a buffer for what leaves over TCP, of a size in bytes; 0 for the driver's own. */
    Side(
            SimulatedHost host,
            Wire wire,
            int maxPacketSize,
            int outboundBufferSize,
            UnaryOperator<CarrierDesc.Builder> settings) {
        driver = wire == Wire.UDP
                ? new SocketDriver(
                        gridMate,
                        SocketDriverConfig.builder()
                                .isFullPackets(maxPacketSize > 1372)
                                .transport(host::openDatagrams)
                                .build())
                : new StreamSocketDriver(gridMate, streamConfig(host, maxPacketSize, outboundBufferSize));
        check(driver.initialize(AddressFamily.IPV4, null, PORT));
        if (driver instanceof StreamSocketDriver stream) {
            check(stream.startListen(64));
        }
        gridMate.eventBus(CarrierEvents.class).connect(this);
        SplittableRandom firstNumbers = new SplittableRandom(1);
        carrier = Carrier.create(
                settings.apply(numbered(CarrierDesc.builder().driver(driver), () -> firstNumbers.nextInt(65_536)))
                        .build(),
                gridMate);
    }

    /** Has first datagrams numbered by a test, so that it can be replayed. */
    static CarrierDesc.Builder numbered(CarrierDesc.Builder settings, IntSupplier firstNumbers) {
        settings.firstNumbers = firstNumbers;
        return settings;
    }

    private static StreamSocketDriverConfig streamConfig(
            SimulatedHost host, int maxPacketSize, int outboundBufferSize) {
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder()
                .maxConnections(64)
                .maxPacketSize(maxPacketSize)
                .transport(host);
        return outboundBufferSize == 0
                ? config.build()
                : config.outboundBufferSize(outboundBufferSize).build();
    }

    private static void check(ResultCode code) {
        if (code != ResultCode.OK) {
            throw new AssertionError(code);
        }
    }

    /** Updates, and receives all that there is. */
    void update() {
        carrier.update();
        receive();
    }

    int receive() {
        if (isDeaf) {
            return 0;
        }
        return carrier.receive(
                (from, channel, reliability, message) -> {
                    byte[] bytes = new byte[message.remaining()];
                    message.get(bytes);
                    received.add(new Received(from, channel, reliability, bytes));
                },
                10_000);
    }

    /** {@return how many connections a carrier has looked at so far} */
    static long looks(Carrier carrier) {
        return carrier.agenda.looks + carrier.peers.looks;
    }

    SendResult send(String text, ConnectionId to, DataReliability reliability, int channel) {
        return carrier.send(
                ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), to, reliability, DataPriority.NORMAL, channel);
    }

    /** The connection that was told of last. */
    ConnectionId last() {
        return last;
    }

    /** What can be known of the connection that was told of last. */
    String state() {
        return received.size() + " messages, " + carrier.queryFlowInformation(last) + ", "
                + carrier.queryStatistics(last, Statistics.Period.LIFETIME, false);
    }

    List<String> texts() {
        return received.stream().map(Received::text).toList();
    }

    private void add(String what, ConnectionId id) {
        last = id;
        events.add(what);
    }

    @Override
    public void onIncomingConnection(Carrier which, ConnectionId id) {
        add("incoming", id);
    }

    @Override
    public void onFailedToConnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        add("failed " + reason.code(), id);
    }

    @Override
    public void onConnectionEstablished(Carrier which, ConnectionId id) {
        add("established", id);
    }

    @Override
    public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
        add("disconnected " + reason.code(), id);
        receive();
    }

    @Override
    public void onDriverError(Carrier which, ConnectionId id, DriverError error) {
        add("driver error " + error.code(), id);
    }

    @Override
    public void onSecurityError(Carrier which, ConnectionId id, SecurityError error) {
        add("security error " + error, id);
    }

    @Override
    public void close() {
        gridMate.close();
    }
}
