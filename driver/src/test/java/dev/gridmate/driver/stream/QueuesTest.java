package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuesTest {

    private final StreamCore core =
            new StreamCore(StreamSocketDriverConfig.builder().build(), new Counters());

    private final GridMate gridMate = new GridMate();
    private final SocketDriverAddress address = anyAddress();

    private SocketDriverAddress anyAddress() {
        StreamSocketDriver driver = new StreamSocketDriver(gridMate, 1, 1, 1, 1);
        assertThat(driver.initialize(AddressFamily.IPV4)).isEqualTo(ResultCode.OK);
        return driver.createDriverAddress("127.0.0.1|1");
    }

    private Connection connection() {
        return Connection.accepted(core, new ScriptedEndpoint(), address);
    }

    @AfterEach
    void close() {
        gridMate.close();
    }

    // The model is a map. Whatever is drawn, the heap hands out those that are due, the earliest first, and each once.
    @Test
    void whoIsDueIsHandedOutOnceTheEarliestFirst() {
        for (long seed = 1; seed <= 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Deadlines deadlines = new Deadlines();
            List<Connection> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(connection());
            }
            Map<Connection, Long> model = new HashMap<>();
            long now = 0;
            for (int step = 0; step < 500; step++) {
                Connection one = all.get(random.nextInt(all.size()));
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        long time = now + random.nextInt(1000);
                        deadlines.atMost(one, time);
                        model.merge(one, time, Math::min);
                    }
                    case 2 -> {
                        deadlines.remove(one);
                        model.remove(one);
                    }
                    default -> {
                        now += random.nextInt(200);
                        long last = Long.MIN_VALUE;
                        for (Connection due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
                            Long time = model.remove(due);
                            assertThat(time).as("seed %d", seed).isNotNull().isBetween(last, now);
                            last = time;
                        }
                        assertThat(model.values()).as("seed %d", seed).allMatch(greaterThan(now));
                    }
                }
                long earliest =
                        model.values().stream().mapToLong(Long::longValue).min().orElse(Deadlines.NEVER);
                assertThat(deadlines.earliest()).as("seed %d", seed).isEqualTo(earliest);
            }
        }
    }

    private static Predicate<Long> greaterThan(long now) {
        return time -> time > now;
    }

    @Test
    void neverIsNoDeadline() {
        Deadlines deadlines = new Deadlines();
        deadlines.atMost(connection(), Deadlines.NEVER);
        assertThat(deadlines.poll(Long.MAX_VALUE)).isNull();
    }

    @Test
    void aQueueKeepsItsOrderWhileItGrowsAndHoldsEachConnectionOnce() {
        ConnectionQueue queue = new ConnectionQueue(1 << 20);
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
        ConnectionQueue queue = new ConnectionQueue(1 << 20);
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
