package dev.gridmate.driver.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.snapshot.ConnectionSnapshot;
import dev.gridmate.snapshot.DriverSnapshot;
import dev.gridmate.snapshot.Waiting;
import java.util.Map;

/** What must be so in every picture of a driver that was taken just now. */
final class Pictures {

    private Pictures() {}

    static void check(DriverSnapshot picture, StreamSocketDriver driver) {
        for (DriverCounter each : DriverCounter.values()) {
            assertThat(picture.counters().get(each.name())).as(each.name()).isEqualTo(driver.counter(each));
        }
        assertThat(sum(picture.ends().byReason())).isEqualTo(driver.counter(DriverCounter.DISCONNECTS));
        assertThat(sum(picture.ends().failedByReason()))
                .isGreaterThanOrEqualTo(driver.counter(DriverCounter.CONNECTS_FAILED));
        assertThat(picture.connections().top()).hasSize(picture.connections().count());
        assertThat(picture.loop().durations().count()).isEqualTo(picture.loop().updates());
        if (!driver.isInitialized()) {
            assertThat(picture.connections().count()).isZero();
            return;
        }
        assertThat(picture.connections().top().stream().map(ConnectionSnapshot::address))
                .containsAll(driver.connections().stream().map(Object::toString).toList());
        checkSums(picture);
    }

    private static void checkSums(DriverSnapshot picture) {
        Waiting waiting = Waiting.NONE;
        long packetsIn = 0;
        long bytesOut = 0;
        for (ConnectionSnapshot each : picture.connections().top()) {
            waiting = waiting.and(each.waiting());
            packetsIn += each.traffic().packetsIn();
            bytesOut += each.traffic().bytesOut();
            assertThat(each.waiting().inBytes())
                    .isLessThanOrEqualTo(each.waiting().inMostBytes());
            assertThat(each.waiting().outBytes())
                    .isLessThanOrEqualTo(each.waiting().outMostBytes());
        }
        assertThat(picture.connections().waiting()).isEqualTo(waiting);
        assertThat(packetsIn).isLessThanOrEqualTo(picture.counters().get("PACKETS_IN"));
        assertThat(bytesOut).isLessThanOrEqualTo(picture.counters().get("BYTES_OUT"));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
