package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.carrier.compress.CompressionFactory;
import dev.gridmate.carrier.compress.Compressor;
import dev.gridmate.carrier.compress.DeflateCompressionFactory;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import dev.gridmate.driver.SocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.testkit.Logged;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each method that a carrier calls of its program does each thing that it should not: it throws, or
 * calls the carrier. Nothing of that leaves an update, and nothing is left open.
 */
@Timeout(60)
class ProgramsThatThrowTest {

    private static final ByteBuffer TEXT = ByteBuffer.wrap("a text, a text, a text".getBytes(StandardCharsets.UTF_8));

    /** What none of these stories comes to. */
    private static final Set<String> RARE = Set.of(
            "onLost",
            "onConfirmRequest",
            "onConfirmAck",
            "onDriverError",
            "onSecurityError",
            "onFailedToConnect",
            "onRateChange",
            "onReceive");

    /** What a method of the program's does, besides what it is for. */
    enum Deed {
        ASSERTION {
            @Override
            void run(Carrier carrier) {
                throw new AssertionError("the program's own");
            }
        },
        STACK {
            @Override
            void run(Carrier carrier) {
                throw new StackOverflowError("the program's own");
            }
        },
        CHECKED {
            @Override
            void run(Carrier carrier) throws IOException {
                throw new IOException("the program's own");
            }
        },
        CALLS {
            @Override
            void run(Carrier carrier) {
                int ignored = carrier.update() + carrier.receive((from, channel, how, message) -> {}, 10);
                assertThat(carrier.send(TEXT.duplicate(), ConnectionId.ALL)).isNotNull();
                carrier.disconnect(ConnectionId.ALL, Duration.ofMillis(100));
            }
        },
        ENDS {
            @Override
            void run(Carrier carrier) {
                carrier.disconnect(ConnectionId.ALL);
            }
        },
        CLOSES {
            @Override
            void run(Carrier carrier) {
                carrier.close();
            }
        };

        abstract void run(Carrier carrier) throws Exception;
    }

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final List<GridMate> gridMates = new ArrayList<>();
    private final Carrier[] carriers = new Carrier[2];
    private int called;

    static Stream<Arguments> methodsAndDeeds() {
        return Stream.of(Handshake.class, CarrierEvents.class, AckCallback.class, Compressor.class)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers())
                        && !method.getName().equals("close"))
                .flatMap(method -> Arrays.stream(Deed.values()).map(deed -> Arguments.of(method, deed)));
    }

    /** Something of the program's, one method of which does something else first. */
    @SuppressWarnings("unchecked")
    private <T> T spoiled(Class<T> type, T usual, Method which, Deed deed, int side) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.equals(which)) {
                called++;
                if (carriers[side] != null) {
                    deed.run(carriers[side]);
                }
            }
            try {
                return method.invoke(usual, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private Carrier carrier(SimulatedHost host, Method method, Deed deed, int side) {
        GridMate gridMate = new GridMate();
        gridMates.add(gridMate);
        SocketDriver driver = new SocketDriver(
                gridMate,
                SocketDriverConfig.builder().transport(host::openDatagrams).build());
        assertThat(driver.initialize(AddressFamily.IPV4, null, Side.PORT)).isEqualTo(ResultCode.OK);
        Handshake usual = new DefaultHandshake(1, Duration.ofSeconds(2));
        CompressionFactory factory =
                () -> spoiled(Compressor.class, new DeflateCompressionFactory().createCompressor(), method, deed, side);
        carriers[side] = Carrier.create(
                CarrierDesc.builder()
                        .driver(driver)
                        .handshake(spoiled(Handshake.class, usual, method, deed, side))
                        .compressionFactory(factory)
                        .connectionTimeoutMS(1_000)
                        .build(),
                gridMate);
        CarrierEvents events = new CarrierEvents() {};
        gridMate.eventBus(CarrierEvents.class).connect(spoiled(CarrierEvents.class, events, method, deed, side));
        return carriers[side];
    }

    @ParameterizedTest
    @MethodSource("methodsAndDeeds")
    void whateverAMethodOfTheProgramsDoesNothingLeavesAnUpdate(Method method, Deed deed) {
        try (Logged log = Logged.expecting("threw")) {
            // Not every deed throws, and Logged wants a line.
            System.getLogger(getClass().getName()).log(System.Logger.Level.ERROR, "what the program threw follows");
            Carrier server = carrier(network.host("10.0.0.1"), method, deed, 0);
            Carrier client = carrier(network.host("10.0.0.2"), method, deed, 1);
            ConnectionId ignored = client.connect("10.0.0.1", Side.PORT);
            for (int i = 0; i < 300; i++) {
                network.advance(Duration.ofMillis(10));
                turn(server, method, deed, 0);
                turn(client, method, deed, 1);
            }
            assertThat(log.thrown()).as("with what was thrown").doesNotContainNull();
        } finally {
            gridMates.forEach(GridMate::close);
        }
        assertThat(network.openDatagramSockets()).isZero();
        assertThat(called > 0 || RARE.contains(method.getName()))
                .as("it was called")
                .isTrue();
    }

    private void turn(Carrier carrier, Method method, Deed deed, int side) {
        if (carrier.isClosed()) {
            return;
        }
        int ignored = carrier.update();
        for (ConnectionId each : carrier.isClosed() ? List.<ConnectionId>of() : List.copyOf(carrier.connections())) {
            AckCallback callback = spoiled(
                    AckCallback.class,
                    new AckCallback() {
                        @Override
                        public void onAck() {}

                        @Override
                        public void onLost() {}
                    },
                    method,
                    deed,
                    side);
            assertThat(carrier.sendWithCallback(
                            TEXT.duplicate(), callback, each, DataReliability.SEND_RELIABLE, DataPriority.NORMAL, 0))
                    .isNotNull();
        }
        if (!carrier.isClosed()) {
            assertThat(carrier.receive((from, channel, how, message) -> {}, 10)).isNotNegative();
        }
    }
}
