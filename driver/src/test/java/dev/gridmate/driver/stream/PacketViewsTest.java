package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.internal.BufferPool;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Views of packets where they lie: exact, found again, and not more than there are places. */
class PacketViewsTest {

    private final BufferPool pool = new BufferPool(Long.MAX_VALUE);
    private final BufferPool.Buffer memory = Objects.requireNonNull(pool.take(2048));
    private final BufferPool.Buffer other = Objects.requireNonNull(pool.take(2048));
    private final PacketViews views = new PacketViews();

    @Test
    void aViewShowsItsBytesOnlyWhateverAHandlerDidWithIt() {
        memory.memory().put(100, (byte) 7).put(109, (byte) 8);
        ByteBuffer view = found(memory, 100, 10);
        view.order(ByteOrder.LITTLE_ENDIAN).position(3).limit(5);
        ByteBuffer again = found(memory, 100, 10);
        assertThat(again).isSameAs(view);
        assertThat(again.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(again.remaining()).isEqualTo(10);
        assertThat(again.capacity()).isEqualTo(10);
        assertThat(again.get(0)).isEqualTo((byte) 7);
        assertThat(again.get(9)).isEqualTo((byte) 8);
        assertThat(again.isReadOnly()).isTrue();
    }

    @Test
    void anotherPlaceAnotherLengthAndAnotherMemoryHaveAnotherView() {
        memory.memory().put(100, (byte) 7).put(101, (byte) 8);
        other.memory().put(100, (byte) 9);
        for (int round = 0; round < 2; round++) {
            assertThat(found(memory, 100, 10).get(0)).isEqualTo((byte) 7);
            assertThat(found(memory, 101, 10).get(0)).isEqualTo((byte) 8);
            assertThat(found(memory, 100, 11).capacity()).isEqualTo(11);
            assertThat(found(other, 100, 10).get(0)).isEqualTo((byte) 9);
        }
    }

    @Test
    void aBurstOfEqualPacketsFindsItsViewsAgain() {
        int copied = 0;
        for (int round = 0; round < 2; round++) {
            for (int at = 2; at + 64 <= 2048; at += 66) {
                copied += views.find(memory, at, 64) == null ? 1 : 0;
            }
        }
        assertThat(copied).isZero();
    }

    @Test
    void trafficThatNeverRepeatsMakesFewViews() {
        SplittableRandom random = new SplittableRandom(20_170_103);
        int made = 0;
        int packets = 1_000_000;
        for (int i = 0; i < packets; i++) {
            made += views.find(memory, random.nextInt(1024), 1 + random.nextInt(1000)) == null ? 0 : 1;
        }
        assertThat(made).isLessThan(packets / 50); // those that were found again are in it
    }

    @Test
    void aPlaceGoesToThoseThatAskOftenEnough() {
        int at = 0;
        while (views.find(memory, at, 64) != null) {
            at++; // until two meet in one place
        }
        for (int i = 2; i < PacketViews.PATIENCE; i++) {
            assertThat(views.find(memory, at, 64)).isNull();
        }
        assertThat(views.find(memory, at, 64)).isNotNull();
        assertThat(views.find(memory, at, 64)).isNotNull();
    }

    @Test
    void whatIsForgottenIsMadeAgain() {
        ByteBuffer view = found(memory, 100, 10);
        views.forget();
        assertThat(found(memory, 100, 10)).isNotSameAs(view);
    }

    private ByteBuffer found(BufferPool.Buffer from, int at, int length) {
        return Objects.requireNonNull(views.find(from, at, length));
    }
}
