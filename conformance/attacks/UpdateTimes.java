import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.TlsConfig;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.Histogram;
import dev.gridmate.snapshot.SnapshotRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * How much of a processor the updates of a server take that ticks sixty times a second while it is attacked: a
 * histogram for each attack. It is processor time, since on a busy machine the clock tells of others. The server is a process of its own, with the driver's defaults and 64 MB of heap.
 */
public final class UpdateTimes {

    private static final long TEN_MEGABITS = 10_000_000 / 8;
    private static final long TICK = 16_666_667;

    /** Nanoseconds of the processor. */
    private static final long[] LIMITS =
            {1_000_000, 2_000_000, 4_000_000, 8_000_000, 10_000_000, 16_000_000, Long.MAX_VALUE};

    private interface Attack {
        void run(TcpAttacks attacks, Meter meter) throws IOException;
    }

    private record Row(String says, boolean tls, long pace, Attack attack) {}

    private static final List<Row> ROWS = List.of(
            new Row("nothing", false, 0, null),
            new Row("packets of a byte", false, TEN_MEGABITS, TcpAttacks::smallPackets),
            new Row("connections that say nothing", false, 60_000, TcpAttacks::silentConnections),
            new Row("nothing, with TLS", true, 0, null),
            new Row("records of a packet of a byte", true, TEN_MEGABITS, TcpAttacks::smallRecords),
            new Row("key updates", true, TEN_MEGABITS, TcpAttacks::keyUpdates),
            new Row("handshakes that stop at once", true, 35_500, TcpAttacks::helloAndSilence),
            new Row("handshakes, then a byte of a record", true, 0, TcpAttacks::oneByteOfARecord));

    private UpdateTimes() {}

    /**
     * Attacks, or is the server.
     *
     * @param args --gridmate FILE, --seconds S; or serve, and a folder with certificates
     */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("serve")) {
            serve(args.length > 1 ? Path.of(args[1]) : null);
            return;
        }
        String gridmate = "gridmate";
        double seconds = 10;
        for (int i = 0; i + 1 < args.length; i += 2) {
            gridmate = args[i].equals("--gridmate") ? args[i + 1] : gridmate;
            seconds = args[i].equals("--seconds") ? Double.parseDouble(args[i + 1]) : seconds;
        }
        Path certs = Files.createTempDirectory("gridmate-updates").resolve("certs");
        new ProcessBuilder(gridmate, "dev-cert", certs.toString()).start().waitFor();
        System.out.println("| attack | updates | cut short | up to 1 ms | 2 | 4 | 8 | 10 | 16 | more |"
                + " most | longest by the clock |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (Row row : ROWS) {
            attack(row, certs, seconds);
        }
    }

    private static void attack(Row row, Path certs, double seconds) throws Exception {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-cp", System.getProperty("java.class.path"), "UpdateTimes", "serve"));
        if (row.tls()) {
            line.add(certs.toString());
        }
        Process server = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream()));
        int port = Integer.parseInt(out.readLine());
        Meter meter = new Meter(row.pace(), seconds);
        try (TcpAttacks attacks = new TcpAttacks(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            if (row.attack() != null) {
                row.attack().run(attacks, meter);
            }
            while (!meter.isOver()) {
                LockSupport.parkNanos(TICK);
            }
        }
        server.getOutputStream().close();
        System.out.println("| " + row.says() + " | " + out.readLine());
        server.waitFor();
    }

    private static void serve(Path certs) throws Exception {
        StreamSocketDriverConfig.Builder config = StreamSocketDriverConfig.builder();
        if (certs != null) {
            config.tls(TlsConfig.builder()
                    .certificate(certs.resolve("server.pem"))
                    .privateKey(certs.resolve("server-key.pem"))
                    .build());
        }
        StreamSocketDriver driver = new StreamSocketDriver(new GridMate(), config.build());
        need(driver, driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0));
        need(driver, driver.startListen(1024));
        System.out.println(driver.port());
        PacketHandler echo = driver::send;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Long> processor = new ArrayList<>();
        Thread ending = new Thread(UpdateTimes::awaitTheEndOfInput, "end of input");
        ending.start();
        for (long next = System.nanoTime(); ending.isAlive(); next = Math.max(next + TICK, System.nanoTime())) {
            long before = threads.getCurrentThreadCpuTime();
            driver.update();
            processor.add(threads.getCurrentThreadCpuTime() - before);
            driver.receive(echo, Integer.MAX_VALUE);
            driver.flush();
            LockSupport.parkNanos(next + TICK - System.nanoTime());
        }
        CompletableFuture<DriverSnapshot> asked = driver.snapshot(SnapshotRequest.DEFAULT);
        driver.update();
        System.out.println(words(
                asked.get().loop().durations(), processor, driver.counter(DriverCounter.UPDATES_CUT_SHORT)));
    }

    private static void awaitTheEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // nothing is expected
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void need(StreamSocketDriver driver, ResultCode code) {
        if (code != ResultCode.OK) {
            throw new IllegalStateException(driver.lastError());
        }
    }

    private static String words(Histogram durations, List<Long> processor, long cutShort) {
        StringBuilder words = new StringBuilder(String.format(Locale.ROOT, "%,d | %,d |", processor.size(), cutShort));
        long lower = -1;
        for (long limit : LIMITS) {
            long from = lower;
            long count = processor.stream().filter(each -> each > from && each <= limit).count();
            words.append(String.format(Locale.ROOT, " %,d |", count));
            lower = limit;
        }
        long most = processor.stream().mapToLong(each -> each).max().orElse(0);
        return words.append(String.format(Locale.ROOT, " %.1f ms | %.1f ms |", most / 1e6, durations.mostNanos() / 1e6))
                .toString();
    }
}
