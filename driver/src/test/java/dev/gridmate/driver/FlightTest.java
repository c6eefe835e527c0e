package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DriverPair.Kind;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the flight recorder sees, in real recordings. */
@Timeout(120)
class FlightTest {

    @TempDir
    private Path directory;

    private static Configuration profile() throws Exception {
        try (InputStreamReader text = new InputStreamReader(
                Objects.requireNonNull(GridMate.class.getResourceAsStream("/dev/gridmate/views/gridmate.jfc")),
                StandardCharsets.UTF_8)) {
            return Configuration.create(text);
        }
    }

    private interface Story {
        void happens() throws Exception;
    }

    /** {@return the events of a kind that a driver of a name said in a story} */
    private List<RecordedEvent> recorded(String kind, Story story) throws Exception {
        Path file = Files.createTempFile(directory, "story", ".jfr");
        try (Recording recording = new Recording(profile())) {
            recording.start();
            story.happens();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(each -> each.getEventType().getName().equals("dev.gridmate." + kind))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "STREAM.*", mode = EnumSource.Mode.MATCH_ALL)
    void aConnectionThatOpensAndEndsIsRecorded(Kind kind) throws Exception {
        String[] server = {""};
        List<RecordedEvent> ends = recorded("ConnectionEnded", () -> {
            try (DriverPair pair = new DriverPair(kind)) {
                server[0] = pair.server.name();
                pair.send(3, 100);
                pair.receive(3);
            }
        });

        assertThat(ends).hasSize(2);
        RecordedEvent end = ends.stream()
                .filter(each -> each.getString("source").equals(server[0]))
                .findFirst()
                .orElseThrow();
        assertThat(end.getBoolean("wasEstablished")).isTrue();
        assertThat(end.getLong("bytesIn")).isGreaterThanOrEqualTo(306);
        assertThat(end.getString("address")).contains("|");
    }

    @Test
    void anOpenedConnectionSaysFromWhichSideItCame() throws Exception {
        List<RecordedEvent> opened = recorded("ConnectionOpened", () -> new DriverPair(Kind.STREAM_SIMULATED).close());

        assertThat(opened.stream().map(each -> each.getBoolean("isOutgoing"))).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aHandshakeIsRecordedOnBothSides() throws Exception {
        List<RecordedEvent> made = recorded("TlsHandshake", () -> new DriverPair(Kind.STREAM_TLS_SIMULATED).close());

        assertThat(made).hasSize(2).allMatch(each -> each.getString("outcome").equals("made"));
    }

    @Test
    void anUpdateWithASlowHandlerAndAGapAreRecorded() throws Exception {
        Story story = () -> {
            try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
                StreamSocketDriver client = (StreamSocketDriver) pair.client;
                client.subscribe(new StreamSocketDriverEvents() {
                    @Override
                    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
                        pair.network.advance(Duration.ofMillis(30));
                    }
                });
                ok(client.abort(pair.toServer));
                client.update();
                pair.network.advance(Duration.ofSeconds(3));
                client.update();
            }
        };
        assertThat(recorded("LongUpdate", story))
                .singleElement()
                .satisfies(each -> assertThat(each.getDuration("took")).isEqualTo(Duration.ofMillis(30)));
        assertThat(recorded("UpdateGap", story))
                .singleElement()
                .satisfies(each -> assertThat(each.getDuration("gap")).isEqualTo(Duration.ofMillis(3_030)));
    }

    @Test
    void aPeerThatDoesNotReadIsRecorded() throws Exception {
        List<RecordedEvent> slow = recorded("SlowConsumer", () -> {
            try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
                ByteBuffer packet = ByteBuffer.allocate(1_000);
                ResultCode code = ResultCode.OK;
                while (code == ResultCode.OK) {
                    code = pair.server.send(pair.toClient, packet);
                }
                pair.server.update();
            }
        });

        assertThat(slow)
                .singleElement()
                .satisfies(each -> assertThat(each.getLong("waited")).isGreaterThan(60_000));
    }

    @Test
    void aPeerThatSendsTooMuchIsRecorded() throws Exception {
        List<RecordedEvent> limited = recorded("RateLimited", () -> {
            SimulatedNetwork network = new SimulatedNetwork(1);
            StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
                    .transport(network.host("10.0.0.1"))
                    .maxPacketsPerSecond(2)
                    .build();
            try (GridMate gridMate = new GridMate();
                    StreamSocketDriver server = new StreamSocketDriver(gridMate, config);
                    StreamSocketDriver client = new StreamSocketDriver(
                            gridMate,
                            StreamSocketDriverConfig.builder()
                                    .transport(network.host("10.0.0.2"))
                                    .build())) {
                ok(server.initialize(AddressFamily.IPV4, "10.0.0.1", 2017));
                ok(server.startListen(8));
                ok(client.initialize(AddressFamily.IPV4));
                ok(client.connectTo(client.createDriverAddress("10.0.0.1|2017")));
                for (int i = 0; i < 20; i++) {
                    if (client.numberOfConnections() == 1) {
                        ok(client.send(client.connections().get(0), ByteBuffer.allocate(10)));
                    }
                    client.update();
                    server.update();
                    network.advance(Duration.ofMillis(5));
                }
            }
        });

        assertThat(limited).isNotEmpty().allMatch(each -> !each.getBoolean("isEnded"));
    }

    @Test
    void theStatisticsOfEachDriverComeFromTimeToTime() throws Exception {
        try (DriverPair pair = new DriverPair(Kind.DATAGRAM_SIMULATED);
                RecordingStream stream = new RecordingStream()) {
            CountDownLatch both = new CountDownLatch(2);
            Set<String> missing = new HashSet<>(Set.of(pair.server.name(), pair.client.name()));
            stream.enable("dev.gridmate.Statistics").withPeriod(Duration.ofMillis(20));
            stream.onEvent("dev.gridmate.Statistics", event -> {
                if (missing.remove(event.getString("source"))) {
                    both.countDown();
                }
            });
            stream.startAsync();
            assertThat(both.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theProfileNamesEveryEventAndNoOther() throws Exception {
        new DriverPair(Kind.STREAM_SIMULATED).close();
        Set<String> ours = FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(each -> each.getName())
                .filter(each -> each.startsWith("dev.gridmate."))
                .collect(Collectors.toSet());
        Set<String> inProfile = profile().getSettings().keySet().stream()
                .filter(each -> each.startsWith("dev.gridmate."))
                .map(each -> each.substring(0, each.indexOf('#')))
                .collect(Collectors.toSet());
        assertThat(inProfile).containsAll(ours).hasSize(8);
    }
}
