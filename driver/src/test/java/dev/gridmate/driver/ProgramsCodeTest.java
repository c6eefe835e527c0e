package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.transport.Transport;
import dev.gridmate.driver.transport.TransportException;
import dev.gridmate.testkit.Logged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The program's code may throw anything and call anything, wherever it is called. */
class ProgramsCodeTest {

    /** Where the program's code is called. */
    enum Place {
        ESTABLISHED,
        DISCONNECTED,
        TASK,
        TRUST_MANAGER,
        EXECUTOR
    }

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final List<Throwable> heard = new ArrayList<>();
    private final GridMate serverMate = new GridMate();
    private final GridMate clientMate = new GridMate((handler, error) -> heard.add(error));
    private final StreamSocketDriver server = new StreamSocketDriver(
            serverMate,
            StreamSocketDriverConfig.builder()
                    .transport(network.host("10.0.0.1"))
                    .tls(TlsFixture.serverTls().build())
                    .build());
    private StreamSocketDriver client;
    private int called;
    private @Nullable TransportException failure;

    /** A network that breaks behind what it has called, once {@link #failure} is there. */
    private Transport failing(Transport inner) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(inner, arguments);
                        if (method.getName().equals("poll") && failure != null) {
                            throw failure;
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private SocketDriverAddress connect(Place place, Consumer<StreamSocketDriver> code) throws Exception {
        TlsConfig.Builder tls = TlsConfig.builder();
        Runnable call = () -> {
            called++;
            code.accept(client);
        };
        SSLContext context = SSLContext.getInstance("TLS");
        Runnable nothing = () -> {};
        context.init(
                null,
                new TrustManager[] {new CallingTrustManager(place == Place.TRUST_MANAGER ? call : nothing)},
                null);
        tls.sslContext(context);
        if (place == Place.EXECUTOR) {
            tls.handshakeExecutor(task -> call.run());
        }
        client = new StreamSocketDriver(
                clientMate,
                StreamSocketDriverConfig.builder()
                        .transport(() -> failing(network.host("10.0.0.2").open()))
                        .tls(tls.build())
                        .build());
        ok(server.initialize(AddressFamily.IPV4, null, 2017));
        ok(server.startListen(4));
        ok(client.initialize(AddressFamily.IPV4));
        client.subscribe(new StreamSocketDriverEvents() {
            @Override
            public void onConnectionEstablished(SocketDriverAddress address) {
                if (place == Place.ESTABLISHED) {
                    call.run();
                }
            }

            @Override
            public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
                if (place == Place.DISCONNECTED) {
                    call.run();
                }
            }
        });
        SocketDriverAddress address = client.createDriverAddress("10.0.0.1|2017");
        ok(client.connectTo(address));
        if (place == Place.TASK) {
            client.execute(call);
        }
        return address;
    }

    private void run(int turns) {
        for (int i = 0; i < turns; i++) {
            network.advance(Duration.ofMillis(1));
            server.update();
            if (client.isInitialized()) {
                client.update();
            }
        }
    }

    static Stream<Throwable> anything() {
        return Stream.of(
                new IllegalStateException("upset"),
                new AssertionError("upset"),
                new StackOverflowError("upset"),
                new IOException("upset")); // Kotlin throws what it likes
    }

    static Stream<Arguments> placesAndThrowables() {
        return Stream.of(Place.values())
                .flatMap(place -> anything()
                        .filter(each -> place != Place.TASK || !(each instanceof VirtualMachineError)) // leaves update
                        .map(each -> Arguments.of(place, each)));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @ParameterizedTest
    @MethodSource("placesAndThrowables")
    void whatTheProgramsCodeThrowsEndsNoUpdate(Place place, Throwable thrown) throws Exception {
        try (AutoCloseable log = place == Place.TASK ? Logged.expecting("threw") : () -> {}) {
            assertThat(log).isNotNull();
            SocketDriverAddress address = connect(place, driver -> ProgramsCodeTest.<RuntimeException>sneak(thrown));
            run(30);
            client.disconnectFrom(address);
            run(30);
            assertThat(called).isPositive();
            client.execute(() -> called = -1);
            client.update();
            assertThat(called).as("the driver goes on").isEqualTo(-1);
            serverMate.close();
            clientMate.close();
        }
    }

    @Test
    void anErrorOfTheJavaVmGoesUpFromAnEventAndTheNextUpdateGoesOn() throws Exception {
        SocketDriverAddress address = connect(Place.ESTABLISHED, driver -> {
            throw new OutOfMemoryError("of the test");
        });
        assertThatThrownBy(() -> run(30)).isInstanceOf(OutOfMemoryError.class);
        assertThat(client.isConnectedTo(address)).isTrue();
        ok(client.send(address, buffer(0, 10)));
        run(5);
        assertThat(server.receive((from, packet) -> {}, 10)).isEqualTo(1);
        clientMate.close();
        serverMate.close();
    }

    @Test
    void aDriverThatItsOwnTrustManagerClosedIsClosedAlsoIfItsUpdateThrows() throws Exception {
        connect(Place.TRUST_MANAGER, driver -> {
            driver.close();
            failure = new TransportException(ResultCode.RECEIVE, "broken", null);
        });
        assertThatThrownBy(() -> run(30)).isInstanceOf(UncheckedIOException.class);
        assertThat(called).isEqualTo(1);
        assertThat(client.isInitialized()).isFalse();
        serverMate.close();
        clientMate.close();
        assertThat(network.openEndpoints()).isZero();
    }

    /** What the code calls. */
    enum Call {
        UPDATE(StreamSocketDriver::update),
        CLOSE(StreamSocketDriver::close),
        FLUSH(StreamSocketDriver::flush),
        WAIT(driver -> driver.waitForData(Duration.ofMillis(5))),
        RECEIVE(driver -> driver.receive((from, packet) -> {}, 10)),
        ABORT(driver -> driver.abort(driver.createDriverAddress("10.0.0.1|2017"))),
        DISCONNECT(driver -> driver.disconnectFrom(driver.createDriverAddress("10.0.0.1|2017"))),
        CONNECT(driver -> {
            ResultCode ignored = driver.connectTo(driver.createDriverAddress("10.0.0.1|2017"));
        });

        @SuppressWarnings("ImmutableEnumChecker") // a lambda that keeps nothing
        private final Consumer<StreamSocketDriver> call;

        Call(Consumer<StreamSocketDriver> call) {
            this.call = call;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheProgramsCodeCallsDoesNothingSurprisingAnywhere(Call call) throws Exception {
        for (Place place : Place.values()) {
            if (place != Place.EXECUTOR || call != Call.CLOSE) {
                ProgramsCodeTest each = new ProgramsCodeTest();
                SocketDriverAddress address = each.connect(place, call.call);
                each.run(30);
                if (each.client.isInitialized()) {
                    each.client.disconnectFrom(address);
                }
                each.run(30);
                assertThat(each.called).as("%s", place).isPositive();
                assertThat(each.client.isInitialized()).as("%s", place).isEqualTo(call != Call.CLOSE);
                assertThat(each.heard).as("%s", place).isEmpty();
                each.clientMate.close();
                each.run(10);
                assertThat(each.network.host("10.0.0.3").openEndpoints()).isZero();
                each.serverMate.close();
                assertThat(each.network.openEndpoints()).as("%s", place).isZero();
                assertThat(each.client.bufferMemoryInUse()).as("%s", place).isLessThanOrEqualTo(1 << 17);
            }
        }
    }
}
