package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DriverPair.Kind;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.SnapshotJson;
import dev.gridmate.snapshot.Visibility;
import dev.gridmate.views.OpenData;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What JMX sees of a driver. */
@Timeout(60)
class MBeanTest {

    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static ObjectName nameOf(Driver driver) throws JMException {
        return new ObjectName("dev.gridmate:type=" + driver.getClass().getSimpleName() + ",name=" + driver.name());
    }

    /** Asks on another thread, while this one updates until there is an answer. */
    private static <T> T whileUpdating(Driver driver, ThrowingSupplier<T> question) throws Exception {
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return question.get();
            } catch (JMException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!answer.isDone()) {
            driver.update();
            Thread.onSpinWait();
        }
        return answer.get(30, TimeUnit.SECONDS);
    }

    private interface ThrowingSupplier<T> {
        T get() throws JMException;
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aDriverHasAnMBeanUntilItIsClosed(Kind kind) throws Exception {
        ObjectName name;
        try (DriverPair pair = new DriverPair(kind)) {
            name = nameOf(pair.server);
            assertThat(SERVER.isRegistered(name)).isTrue();
        }
        assertThat(SERVER.isRegistered(name)).isFalse();
    }

    @Test
    void thePartsOfThePictureAreOpenData() throws Exception {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            ObjectName name = nameOf(pair.server);
            TabularData counters =
                    whileUpdating(pair.server, () -> (TabularData) SERVER.getAttribute(name, "Counters"));
            CompositeData loop = whileUpdating(pair.server, () -> (CompositeData) SERVER.getAttribute(name, "Loop"));

            assertThat(counters.get(new Object[] {"CONNECTIONS_ESTABLISHED"}).get("value"))
                    .isEqualTo(1L);
            assertThat((Long) loop.get("updates")).isPositive();
            assertThat(SERVER.getAttribute(name, "SinceUpdateNanos")).isInstanceOf(Long.class);
        }
    }

    @Test
    void ratesAreThereWhenTwoPicturesWereRead() throws Exception {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            ObjectName name = nameOf(pair.server);
            Object none = whileUpdating(pair.server, () -> SERVER.getAttribute(name, "Rates"));
            pair.network.advance(Duration.ofSeconds(2));
            CompositeData rates = whileUpdating(pair.server, () -> (CompositeData) SERVER.getAttribute(name, "Rates"));

            assertThat(none).isNull();
            assertThat(rates.get("periodNanos")).isEqualTo(2_000_000_000L);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aPictureCanBeReadBackFromWhatTheOperationGives(Kind kind) throws Exception {
        try (DriverPair pair = new DriverPair(kind)) {
            pair.send(3, 100);
            pair.receive(3);
            CompositeData data = whileUpdating(pair.server, () -> (CompositeData)
                    SERVER.invoke(nameOf(pair.server), "snapshot", new Object[] {"RATE", 5}, new String[] {
                        String.class.getName(), int.class.getName()
                    }));

            DriverSnapshot picture = OpenData.read(DriverSnapshot.class, data);

            assertThat(picture.source().name()).isEqualTo(pair.server.name());
            assertThat(SnapshotJson.of(OpenData.read(DriverSnapshot.class, OpenData.of(picture))))
                    .isEqualTo(SnapshotJson.of(picture));
            assertThat(OpenData.read(DriverSnapshot.class, OpenData.of(picture)))
                    .isEqualTo(picture);
        }
    }

    @Test
    void anUnknownSortIsRefused() throws Exception {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            ObjectName name = nameOf(pair.server);
            assertThatThrownBy(() -> SERVER.invoke(
                            name, "snapshot", new Object[] {"NONE", 5}, new String[] {"java.lang.String", "int"}))
                    .isInstanceOf(MBeanException.class)
                    .hasMessageContaining("NONE");
        }
    }

    @Test
    void aLoopThatStandsStillIsNamedInWords() throws Exception {
        try (DriverPair pair = new DriverPair(Kind.STREAM_SIMULATED)) {
            pair.network.advance(Duration.ofSeconds(12));
            ObjectName name = nameOf(pair.server);
            assertThatThrownBy(() -> SERVER.getAttribute(name, "Loop"))
                    .isInstanceOf(MBeanException.class)
                    .hasMessageContaining("the loop has not updated for 12 s");
        }
    }

    @Test
    void aNameCanBeGivenAndIsMadeUnique() throws Exception {
        StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
                .visibility(Visibility.named("lobby \"1\""))
                .build();
        try (GridMate gridMate = new GridMate();
                StreamSocketDriver one = new StreamSocketDriver(gridMate, config);
                StreamSocketDriver other = new StreamSocketDriver(gridMate, config)) {
            Loopback.ok(one.initialize(AddressFamily.IPV4));
            Loopback.ok(other.initialize(AddressFamily.IPV4));

            assertThat(one.name()).isEqualTo("lobby \"1\"");
            assertThat(other.name()).isEqualTo("lobby \"1\"-2");
            assertThat(SERVER.isRegistered(new ObjectName(
                            "dev.gridmate:type=StreamSocketDriver,name=" + ObjectName.quote("lobby \"1\"-2"))))
                    .isTrue();
        }
        assertThat(SERVER.queryNames(new ObjectName("dev.gridmate:*"), null))
                .noneMatch(each -> each.getKeyProperty("name").contains("lobby"));
    }

    @Test
    void oneLineSwitchesTheMBeanOff() throws Exception {
        SocketDriverConfig config = SocketDriverConfig.builder()
                .visibility(Visibility.named("unseen").unmanaged())
                .build();
        try (GridMate gridMate = new GridMate();
                SocketDriver driver = new SocketDriver(gridMate, config)) {
            Loopback.ok(driver.initialize(AddressFamily.IPV4));

            assertThat(driver.name()).isEqualTo("unseen");
            assertThat(SERVER.isRegistered(nameOf(driver))).isFalse();
        }
    }
}
