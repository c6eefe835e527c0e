package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.internal.Counters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuesTest {

    private final StreamCore core = new StreamCore(
            StreamSocketDriverConfig.builder().build(), new Counters<>(DriverCounter.class), HandshakeLimits.NONE);

    private final GridMate gridMate = new GridMate();
    private final SocketDriverAddress address = anyAddress();

    private SocketDriverAddress anyAddress() {
        StreamSocketDriver driver = new StreamSocketDriver(gridMate, 1, 1, 1, 1);
        assertThat(driver.initialize(AddressFamily.IPV4)).isEqualTo(ResultCode.OK);
        return driver.createDriverAddress("127.0.0.1|1");
    }

    private Connection connection() {
        return core.accepted(new ScriptedEndpoint(), address);
    }

    @AfterEach
    void close() {
        gridMate.close();
    }

    @Test
    void aQueueKeepsItsOrderWhileItGrowsAndHoldsEachConnectionOnce() {
        TurnQueue<Connection> queue = new TurnQueue<>(1 << 20);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(connection());
        }
        for (int i = 0; i < 10; i++) { // so that the ring does not begin at its first place
            queue.add(all.get(i));
            assertThat(queue.poll()).isSameAs(all.get(i));
        }
        for (Connection each : all) {
            queue.add(each);
            queue.add(each);
        }
        assertThat(queue.size()).isEqualTo(100);
        for (Connection each : all) {
            assertThat(queue.peek()).isSameAs(each);
            assertThat(queue.poll()).isSameAs(each);
        }
        assertThat(queue.poll()).isNull();
    }

    @Test
    void aConnectionThatIsTakenOutOfAQueueLeavesTheOthersInTheirOrder() {
        TurnQueue<Connection> queue = new TurnQueue<>(1 << 20);
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(connection());
            queue.add(all.get(i));
        }
        queue.remove(all.get(7));
        queue.remove(all.get(7));
        queue.remove(connection());
        for (int i = 0; i < 20; i++) {
            if (i != 7) {
                assertThat(queue.poll()).isSameAs(all.get(i));
            }
        }
        assertThat(queue.poll()).isNull();
    }
}
