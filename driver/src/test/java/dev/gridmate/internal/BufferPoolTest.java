package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the pool holds: what is out, and what was out a while ago. */
class BufferPoolTest {

    private final BufferPool pool = new BufferPool(1 << 20);

    @Test
    void afterABusyMomentTheMemoryEndsWhereItBegan() {
        pool.at(0);
        BufferPool.Buffer steady = take(2048);
        long before = pool.allocated();
        for (int size = 256; size <= 65_536; size *= 4) {
            burst(size, 100_000 / size);
        }
        assertThat(pool.allocated()).isGreaterThan(before);
        assertThat(pool.at(BufferPool.KEPT - 1)).isFalse();
        assertThat(pool.at(2 * BufferPool.KEPT)).isTrue();
        assertThat(pool.allocated()).isEqualTo(before);
        assertThat(pool.at(4 * BufferPool.KEPT)).isFalse();
        pool.giveBack(steady);
        assertThat(pool.at(6 * BufferPool.KEPT)).isTrue();
        assertThat(pool.allocated()).isZero();
        assertThat(pool.taken()).isZero();
        assertThat(take(2048)).isNotNull();
    }

    @Test
    void whatIsUsedAgainAndAgainStays() {
        burst(2048, 100);
        long held = pool.allocated();
        for (int i = 1; i < 20; i++) {
            assertThat(pool.at(i * BufferPool.KEPT / 2)).isFalse();
            burst(2048, 100);
        }
        assertThat(pool.allocated()).isEqualTo(held);
    }

    @Test
    void ofManySlabsThoseAreKeptThatAreNeeded() {
        burst(2048, 100);
        for (int i = 1; i < 20; i++) {
            pool.at(i * BufferPool.KEPT / 2);
            burst(2048, 3);
        }
        assertThat(pool.allocated()).isEqualTo(65_536);
    }

    @Test
    void whatWasGivenUpCountsAgainstTheLimitNoMore() {
        List<BufferPool.Buffer> all = new ArrayList<>();
        for (BufferPool.Buffer next = pool.take(2048); next != null; next = pool.take(2048)) {
            all.add(next);
        }
        all.forEach(pool::giveBack);
        assertThat(pool.take(65_536)).isNull();
        pool.at(2 * BufferPool.KEPT);
        assertThat(pool.take(65_536)).isNotNull();
    }

    @Test
    void noMoreThanTheLimitIsOnItsWayToTheCollector() {
        List<ByteBuffer> seen = new ArrayList<>(); // so that the collector never finds them
        BufferPool kept = new BufferPool(1 << 20, size -> {
            seen.add(ByteBuffer.allocate(size));
            return seen.get(seen.size() - 1);
        });
        for (int i = 0; i < 10; i++) {
            List<BufferPool.Buffer> all = new ArrayList<>();
            for (BufferPool.Buffer next = kept.take(2048); next != null; next = kept.take(2048)) {
                all.add(next);
            }
            all.forEach(kept::giveBack);
            kept.at(2 * BufferPool.KEPT * (i + 1));
        }
        assertThat(seen.stream().mapToLong(ByteBuffer::capacity).sum()).isEqualTo(2 << 20);
    }

    private void burst(int capacity, int count) {
        List<BufferPool.Buffer> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(take(capacity));
        }
        out.forEach(pool::giveBack);
    }

    private BufferPool.Buffer take(int capacity) {
        return Objects.requireNonNull(pool.take(capacity));
    }
}
