package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How large the system's buffers of a UDP socket are. */
class SocketBuffersTest {

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final List<SocketOptions> asked = new ArrayList<>();

    private DatagramTransport noting() {
        DatagramTransport real = network.host("10.0.0.1").openDatagrams();
        return (DatagramTransport) Proxy.newProxyInstance(
                DatagramTransport.class.getClassLoader(),
                new Class<?>[] {DatagramTransport.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("bind")) {
                        asked.add((SocketOptions) args[2]);
                    }
                    try {
                        return method.invoke(real, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private SocketOptions askedFor(int receiveBufferSize, int sendBufferSize) {
        try (GridMate gridMate = new GridMate();
                SocketDriver driver = new SocketDriver(
                        gridMate,
                        SocketDriverConfig.builder().transport(this::noting).build())) {
            assertThat(driver.initialize(AddressFamily.IPV4, null, 0, false, receiveBufferSize, sendBufferSize))
                    .isEqualTo(ResultCode.OK);
        }
        return asked.get(asked.size() - 1);
    }

    @Test
    void aSocketHasTheOriginalsBuffersUnlessToldOtherwise() {
        assertThat(askedFor(0, 0)).isEqualTo(new SocketOptions(AddressFamily.IPV4, 262_144, 262_144));
        assertThat(askedFor(1_000, 2_000)).isEqualTo(new SocketOptions(AddressFamily.IPV4, 1_000, 2_000));
    }
}
