package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.internal.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A packet is lent alone: whatever a handler does with its view, it sees this packet only. */
class LendDeskTest {

    private final List<Integer> asked = new ArrayList<>();
    private boolean scarce;
    private final BufferPool pool = new BufferPool(Long.MAX_VALUE, size -> {
        if (scarce) {
            throw new OutOfMemoryError("the test has none left");
        }
        asked.add(size);
        return ByteBuffer.allocateDirect(size);
    });

    private final LendDesk desk = new LendDesk(pool, 4096);
    private final ByteRing ring = new ByteRing(pool, 2048);
    private final ByteRing other = new ByteRing(pool, 2048);

    /** The ring ends in the middle of the only packet, which counts from 0 to 99. */
    @BeforeEach
    void wrap() throws IOException {
        wrap(ring, 0);
        wrap(other, 100);
        asked.clear();
    }

    private static void wrap(ByteRing ring, int first) {
        assertThat(ring.putFrame(ByteBuffer.allocate(1998))).isTrue();
        ByteBuffer packet = ByteBuffer.allocate(100);
        for (int i = 0; i < 100; i++) {
            packet.put(i, (byte) (first + i));
        }
        ring.discard(1000);
        assertThat(ring.putFrame(packet)).isTrue();
        ring.discard(1000);
    }

    private static void assertCountsFrom(int first, ByteBuffer lent) {
        assertThat(lent.remaining()).isEqualTo(100);
        assertThat(lent.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < 100; i++) {
            assertThat(lent.get(lent.position() + i)).isEqualTo((byte) (first + i));
        }
        assertThatThrownBy(() -> lent.put(lent.position(), (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void packetsCostOnePieceOfMemoryForAllOfThem() {
        ByteBuffer first = desk.lend(ring, 2, 100);
        assertCountsFrom(0, first);
        first.order(ByteOrder.LITTLE_ENDIAN);
        desk.giveBack();
        for (int i = 0; i < 100; i++) {
            ByteBuffer next = desk.lend(ring, 2, 100);
            assertThat(next).isSameAs(first);
            assertCountsFrom(0, next);
            desk.giveBack();
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void aHandlerThatReceivesAgainKeepsItsPacketAndGetsAnother() {
        for (int round = 0; round < 2; round++) {
            ByteBuffer outer = desk.lend(ring, 2, 100);
            ByteBuffer inner = desk.lend(other, 2, 100);
            ByteBuffer innermost = desk.lend(ring, 2, 100);
            assertCountsFrom(0, outer);
            assertCountsFrom(100, inner);
            assertCountsFrom(0, innermost);
            desk.giveBack();
            desk.giveBack();
            assertCountsFrom(0, outer);
            desk.giveBack();
        }
    }

    @Test
    void aViewBeginsAndEndsWithItsPacketAlsoWhenALongerOneWasLentBefore() {
        ring.clear();
        assertThat(ring.putFrame(ByteBuffer.allocate(20))).isTrue();
        assertThat(ring.putFrame(ByteBuffer.allocate(10).put(0, (byte) 1))).isTrue();
        desk.lend(ring, 2, 20);
        desk.giveBack();
        ByteBuffer view = desk.lend(ring, 24, 10);
        view.position(5);
        assertThat(view.rewind().get(0)).isEqualTo((byte) 1);
        assertThat(view.clear().remaining()).isEqualTo(10);
        assertThat(view.capacity()).isEqualTo(10);
        desk.giveBack();
        assertThat(desk.lend(ring, 24, 10)).as("made once for each length").isSameAs(view);
    }

    @Test
    void aPacketInOnePieceIsLentWhereItLies() {
        ring.clear();
        assertThat(ring.putFrame(ByteBuffer.allocate(10).put(0, (byte) 1))).isTrue();
        asked.clear();
        ByteBuffer lent = desk.lend(ring, 2, 10);
        assertThat(lent.get(0)).isEqualTo((byte) 1);
        assertThat(lent.isReadOnly()).isTrue();
        assertThat(lent.capacity()).isEqualTo(10);
        assertThat(asked).as("memory for a copy").isEmpty();
    }

    @Test
    void withoutMemoryAPacketIsCopiedAndThatIsOver() {
        scarce = true;
        assertCountsFrom(0, desk.lend(ring, 2, 100));
        desk.giveBack();
        scarce = false;
        pool.at(1L << 40);
        ByteBuffer lent = desk.lend(ring, 2, 100);
        assertCountsFrom(0, lent);
        assertThat(lent.isDirect()).isTrue();
        assertThat(asked).hasSize(1);
    }
}
