package dev.gridmate.bench.micro;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What the driver's calls cost without a system beneath: {@code send}, {@code receive}, {@code
 * update}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(2)
public class DriverBenchmark {

    private static final int BURST = 64;

    @Param({"64", "1024"})
    private int size;

    private final GridMate gridMate = new GridMate();
    private final ByteBuffer packet;
    private final MemoryTransport network;
    private final StreamSocketDriver driver;
    private SocketDriverAddress peer;
    private long sum;
    private final PacketHandler touch = (from, lent) -> sum += lent.get(lent.position()) + lent.get(lent.limit() - 1);

    /** Made by JMH. */
    @SuppressWarnings("NullAway.Init") // JMH sets the parameter, and then calls connect
    public DriverBenchmark() {
        packet = ByteBuffer.allocateDirect(1024);
        network = new MemoryTransport(ByteBuffer.allocateDirect(BURST * (2 + 1024)));
        driver = new StreamSocketDriver(
                gridMate,
                StreamSocketDriverConfig.builder()
                        .maxConnections(1_000)
                        .inboundBufferSize(1 << 17)
                        .outboundBufferSize(1 << 17)
                        .transport(() -> network)
                        .build());
    }

    /** Connects once, to a peer that takes everything. */
    @Setup(Level.Trial)
    public void connect() {
        packet.limit(size);
        network.prepare(BURST, size);
        if (driver.initialize(AddressFamily.IPV4) != ResultCode.OK) {
            throw new IllegalStateException(driver.lastError());
        }
        peer = driver.createDriverAddress("127.0.0.1|1");
        if (driver.connectTo(peer) != ResultCode.OK) {
            throw new IllegalStateException(driver.lastError());
        }
        driver.update();
    }

    /** Closes the driver. */
    @TearDown(Level.Trial)
    public void close() {
        gridMate.close();
    }

    /** Packets copied into the ring, and one write for all of them. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int send() {
        for (int i = 0; i < BURST; i++) {
            if (driver.send(peer, packet) != ResultCode.OK) {
                throw new IllegalStateException("not taken");
            }
        }
        return driver.flush();
    }

    /** One read for as many packets, each lent to a handler that touches it. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public long receive(Blackhole hole) {
        network.arrive();
        hole.consume(driver.update());
        int received = driver.receive(touch, Integer.MAX_VALUE);
        if (received != BURST) {
            throw new IllegalStateException(received + " of " + BURST + " arrived");
        }
        return sum;
    }

    /** One packet in, and one out: a turn of an echo server's loop. */
    @Benchmark
    public int echo() {
        network.arrive(2 + size);
        int work = driver.update();
        work += driver.receive(driver::send, 1);
        return work + driver.flush();
    }

    /** An update that finds nothing to do. */
    @Benchmark
    public int update() {
        return driver.update();
    }
}
