package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.driver.transport.Ready;
import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.Counters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The ring and the codec by themselves. They are hidden, so the benchmark stands in their package.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(2)
public class StreamBenchmark implements Endpoint {

    private static final int BURST = 64;
    private static final int CAPACITY = 1 << 17;

    @Param({"64", "1024"})
    private int size;

    private final BufferPool pool = new BufferPool(Long.MAX_VALUE);
    private final ByteRing ring = new ByteRing(pool, CAPACITY);
    private final Outbound writer = new Outbound(new ByteRing(pool, CAPACITY), new Counters<>(DriverCounter.class));
    private final FrameReader reader = new FrameReader(new ByteRing(pool, CAPACITY), 65_535);
    private final ByteBuffer packet = ByteBuffer.allocateDirect(1024);
    private final ByteBuffer into = ByteBuffer.allocateDirect(65_535);
    private final ByteBuffer wire = ByteBuffer.allocateDirect(CAPACITY);

    /** Prepares what is to be read. */
    @Setup
    public void prepare() {
        packet.clear().limit(size);
        wire.clear();
        for (int i = 0; i < BURST; i++) {
            wire.putShort((short) size).position(wire.position() + size);
        }
        wire.flip();
    }

    /** Packets go into a ring and leave it. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int ring() {
        for (int i = 0; i < BURST; i++) {
            if (!ring.putFrame(packet)) {
                throw new IllegalStateException("no memory");
            }
        }
        int bytes = ring.size();
        ring.discard(bytes);
        return bytes;
    }

    /** Packets are framed and written at once. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int encode() throws IOException {
        for (int i = 0; i < BURST; i++) {
            if (!writer.put(packet)) {
                throw new IllegalStateException("no memory");
            }
        }
        return writer.writeTo(this, 0);
    }

    /** Frames are read at once, scanned, and taken one by one. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int decode() throws IOException {
        wire.position(0);
        int taken = 0;
        while (wire.hasRemaining()) {
            reader.readFrom(this);
            reader.scan();
        }
        while (reader.packets() > 0) {
            reader.take(into.clear());
            taken++;
        }
        return taken;
    }

    @Override
    public int read(ByteBuffer room) {
        int count = Math.min(wire.remaining(), room.remaining());
        room.put(room.position(), wire, wire.position(), count);
        room.position(room.position() + count);
        wire.position(wire.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer from) {
        int count = from.remaining();
        from.position(from.limit());
        return count;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public void attach(Ready ready) {}

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public void watch(boolean read, boolean write) {}

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}
}
