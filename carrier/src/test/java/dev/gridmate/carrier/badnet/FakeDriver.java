package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.PacketInfo;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** A clock moved by hand, and a place where packets go. All a simulator asks of a driver. */
final class FakeDriver implements Driver {

    static final int OVERHEAD = 28;

    long now = -1_000_000_000L; // as System.nanoTime may
    int room = Integer.MAX_VALUE;
    final Map<SocketDriverAddress, ResultCode> answers = new HashMap<>();

    /** Those to whom there is no connection any more. */
    final Set<SocketDriverAddress> gone = new HashSet<>();

    /** The number at the beginning of each packet sent. */
    final List<Integer> sent = new ArrayList<>();

    BiConsumer<SocketDriverAddress, ByteBuffer> sink = (to, packet) -> sent.add(packet.getInt(packet.position()));

    void pass(Duration time) {
        now += time.toNanos();
    }

    @Override
    public ResultCode send(SocketDriverAddress to, ByteBuffer packet) {
        if (gone.contains(to)) {
            return ResultCode.SEND_ADDRESS_NOT_BOUND;
        }
        ResultCode answer =
                packet.remaining() > room ? ResultCode.SEND_BUFFER_FULL : answers.getOrDefault(to, ResultCode.OK);
        if (answer == ResultCode.OK) {
            sink.accept(to, packet);
        }
        return answer;
    }

    @Override
    public boolean isConnectedTo(SocketDriverAddress address) {
        return !gone.contains(address);
    }

    @Override
    public int writableBytes(SocketDriverAddress to) {
        return room;
    }

    @Override
    public boolean isInitialized() {
        return true;
    }

    @Override
    public void checkThread() {}

    @Override
    public String lastError() {
        return "";
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public int maxSendSize() {
        return 65_535;
    }

    @Override
    public int packetOverheadSize() {
        return OVERHEAD;
    }

    @Override
    public int update() {
        return 0;
    }

    @Override
    public int flush() {
        return 0;
    }

    @Override
    public void close() {}

    @Override
    public ResultCode initialize(
            AddressFamily family,
            String address,
            int port,
            boolean isBroadcast,
            int receiveBufferSize,
            int sendBufferSize) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketDriverAddress createDriverAddress(String ipPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketDriverAddress createDriverAddress(InetSocketAddress address) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int port() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int receive(ByteBuffer into, PacketInfo result) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int receive(PacketHandler handler, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean waitForData(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void stopWaitForData() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void handOver() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long counter(DriverCounter counter) {
        throw new UnsupportedOperationException();
    }
}
