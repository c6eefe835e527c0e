package dev.gridmate.carrier;

import dev.gridmate.Subscription;
import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.DisconnectPayload;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where datagrams leave and come in: the driver, with the simulator before it, and the coder that
 * makes packets of datagrams.
 */
final class DatagramPort {

    /** Work per update is bounded, also when datagrams come in faster than they are read. */
    private static final int DATAGRAMS_PER_UPDATE = 4096;

    /**
     * 32 datagrams of the usual size: they fit the 64 KiB that some systems give the peer's socket.
     */
    private static final long BURST_BYTES = 32 * 1_372;

    /** A full acknowledgement must fit the smallest datagram. */
    private static final int SMALLEST_DATAGRAM = 128;

    /**
     * The largest packet that leaves over a stream. A peer of the original has a buffer of 65,536
     * bytes unless told otherwise, and breaks when several frames of 65,535 come in a row.
     */
    private static final int LARGEST_FRAME = 16_384;

    /** A wait until the next sign of life makes no garbage. */
    private static final Duration[] WAITS = new Duration[101];

    static {
        for (int i = 0; i < WAITS.length; i++) {
            WAITS[i] = Duration.ofMillis(i);
        }
    }

    private final Driver driver;
    private final Simulator simulator;
    private final DatagramCoder coder;
    private final int maxSent;
    private final Counters<CarrierCounter> counters;
    private final DatagramWriter refusal = new DatagramWriter();
    private final PacketHandler fromDriver = this::onPacket;
    private PacketHandler receiver = (from, packet) -> {};

    DatagramPort(Driver driver, CarrierDesc desc, Counters<CarrierCounter> counters) {
        int maxDatagram = driver.maxSendSize();
        if (maxDatagram < SMALLEST_DATAGRAM) {
            throw new IllegalArgumentException("the driver's maximum packet size is " + maxDatagram
                    + " bytes, a carrier needs at least " + SMALLEST_DATAGRAM);
        }
        this.driver = driver;
        this.counters = counters;
        maxSent = driver.isConnectionOriented() ? Math.min(maxDatagram, LARGEST_FRAME) : maxDatagram;
        coder = new DatagramCoder(desc.plugPoints().compressionFactory(), maxDatagram, maxSent, counters);
        Simulator given = desc.plugPoints().simulator();
        simulator = given == null ? new GoodNetwork() : given;
    }

    /**
     * Begins: from now on the simulator has the driver, and datagrams and ends of connections go to
     * these.
     */
    Subscription open(PacketHandler datagrams, StreamSocketDriverEvents ends) {
        simulator.bindDriver(driver);
        receiver = datagrams;
        return driver.subscribe(ends);
    }

    /** {@return false if somebody has closed the driver} */
    boolean isOpen() {
        return driver.isInitialized();
    }

    void close() {
        simulator.unbindDriver();
        coder.close();
    }

    // ------------------------------------------------------------ sizes

    /** {@return bytes of the largest datagram that leaves} */
    int maxSentDatagramSize() {
        return coder.maxSentDatagramSize();
    }

    /** {@return the size of what left, as a share of what it was before compression} */
    double compressionRatio() {
        return coder.compressionRatio();
    }

    /** {@return bytes of the largest datagram that may come} */
    int maxDatagramSize() {
        return coder.maxDatagramSize();
    }

    /** {@return bytes of the largest message that fits one datagram} */
    int messageMtu() {
        return coder.maxSentDatagramSize() - MessageHeader.DATAGRAM_HEADER_SIZE - MessageHeader.MAX_SIZE;
    }

    /**
     * {@return bytes that may leave at once} TCP takes what it has room for; a datagram socket
     * takes all, and it is lost later.
     */
    long burstBytes() {
        return driver.isConnectionOriented() ? Long.MAX_VALUE : BURST_BYTES;
    }

    /** {@return true if nothing is lost on the way: over TCP, without a simulator} */
    boolean isLossless() {
        return driver.isConnectionOriented() && simulator instanceof GoodNetwork;
    }

    // ------------------------------------------------------------ peers

    /** {@return true if what comes from an address is sent by the peer that has it, as over TCP} */
    boolean isConnectionOriented() {
        return driver.isConnectionOriented();
    }

    /** Connects the driver to a peer, if it is one that has connections. */
    ResultCode connect(SocketDriverAddress address) {
        ResultCode code = driver.connectTo(address);
        return code == ResultCode.ALREADY_CONNECTED ? ResultCode.OK : code;
    }

    /**
     * {@return true if the driver can send to a peer: over TCP, when the connection underneath is
     * established}
     */
    boolean isConnectedTo(SocketDriverAddress address) {
        return driver.isConnectedTo(address);
    }

    /**
     * {@return true if the driver has room for a datagram} A full driver is not an error: messages
     * stay here until it has.
     */
    boolean hasRoom(SocketDriverAddress to) {
        return driver.roomFor(to) >= maxSent;
    }

    DriverError error(ResultCode code) {
        return new DriverError(code, driver.lastError());
    }

    void onConnect(SocketDriverAddress address) {
        simulator.onConnect(address);
    }

    void onDisconnect(SocketDriverAddress address) {
        simulator.onDisconnect(address);
    }

    // ------------------------------------------------------------ in

    /** Does the driver's work, and hands out the packets that have come in. */
    int receive() {
        int work = driver.receive(fromDriver, DATAGRAMS_PER_UPDATE);
        simulator.update();
        return work + simulator.receive(receiver, DATAGRAMS_PER_UPDATE);
    }

    private void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        if (simulator.onReceive(from, packet)) {
            counters.add(CarrierCounter.DATAGRAMS_SIMULATED, 1);
        } else {
            receiver.onPacket(from, packet);
        }
    }

    /**
     * {@return true if a packet is compressed, or cannot be restored} Nothing is restored to find
     * out.
     */
    boolean isCompressed(ByteBuffer packet) {
        return coder.isCompressed(packet);
    }

    /** {@return the datagram of a packet; null if it cannot be restored} */
    @Nullable
    ByteBuffer decode(ByteBuffer packet) {
        return coder.decode(packet);
    }

    // ------------------------------------------------------------ out

    /** {@return room for a datagram} */
    ByteBuffer beginDatagram() {
        return coder.beginDatagram();
    }

    /**
     * Sends the datagram that was written into that room.
     *
     * @param mayCompress false for the first ones of a connection: nobody decompresses the bytes of
     *     a stranger
     */
    ResultCode send(SocketDriverAddress to, int size, boolean mayCompress) {
        return transmit(to, coder.encode(size, mayCompress));
    }

    /** {@return bytes of the packet for a datagram that is not compressed} */
    int packetSize(int datagram) {
        return coder.packetSize(datagram);
    }

    /**
     * Sends a datagram of which no connection keeps anything, and does not compress it.
     *
     * @return the bytes that left
     */
    int sendPlain(SocketDriverAddress to, int size) {
        counters.add(CarrierCounter.DATAGRAMS_OUT, 1);
        ResultCode ignored = send(to, size, false);
        return packetSize(size);
    }

    private ResultCode transmit(SocketDriverAddress to, ByteBuffer packet) {
        if (simulator.onSend(to, packet)) {
            counters.add(CarrierCounter.DATAGRAMS_SIMULATED, 1);
            return ResultCode.OK;
        }
        return sendNow(to, packet);
    }

    /**
     * Sends the last datagram of a connection, past the simulator, which is no longer there to send
     * what it delays.
     */
    void sendLast(SocketDriverAddress to, int size) {
        ResultCode ignored = sendNow(to, coder.encode(size, false));
    }

    private ResultCode sendNow(SocketDriverAddress to, ByteBuffer packet) {
        ResultCode code = driver.send(to, packet);
        if (code != ResultCode.OK) {
            counters.add(CarrierCounter.DATAGRAMS_REJECTED, 1);
        }
        return code;
    }

    /**
     * Says no, as the first word of a connection of which nothing is kept.
     *
     * @param firstNumber the datagram's
     * @param notice what is said with it; null for nothing
     */
    void refuse(
            SocketDriverAddress to,
            int firstNumber,
            CarrierDisconnectReason.Code reason,
            @Nullable DisconnectNotice notice) {
        byte[] no = notice == null
                ? DisconnectPayload.of(reason.number())
                : DisconnectPayload.of(reason.number(), notice.code(), notice.text(), messageMtu());
        refusal.begin(coder.beginDatagram(), firstNumber);
        MessageHeader header = new MessageHeader();
        header.channel = MessageHeader.SYSTEM_CHANNEL;
        header.isReliable = true;
        header.length = no.length;
        refusal.put(header, no);
        int ignored = sendPlain(to, refusal.size());
    }

    // ------------------------------------------------------------ waiting

    /** Writes what the driver has. */
    void flush() {
        int ignored = driver.flush();
    }

    /** {@return when the simulator has something to do, as the driver's time counts} */
    long nextDue() {
        return simulator.nextDue();
    }

    /** Waits for the driver, rounded up to whole milliseconds. */
    boolean waitForData(long nanos) {
        long millis = (nanos + CarrierTime.MILLISECOND - 1) / CarrierTime.MILLISECOND;
        return driver.waitForData(millis < WAITS.length ? WAITS[(int) millis] : Duration.ofMillis(millis));
    }
}
