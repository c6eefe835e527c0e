package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.InvalidMarkException;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class LentViewTest {

    private final ByteBuffer memory = ByteBuffer.allocate(16).putLong(0, 0x0001020304050607L);
    private final LentView lent = new LentView(memory);

    @Test
    void aPieceLiesBetweenPositionAndLimitAndTheMemoryKeepsItsCursors() {
        memory.position(3).limit(5);
        ByteBuffer view = lent.lend(2, 4);
        assertThat(view.remaining()).isEqualTo(4);
        assertThat(view.getInt()).isEqualTo(0x02030405);
        assertThat(memory.position()).isEqualTo(3);
        assertThat(memory.limit()).isEqualTo(5);
    }

    @Test
    void aHandlerThatReadsLittleEndianChangesNothingForTheNext() {
        lent.lend(0, 8).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(lent.lend(0, 8).getShort(6)).isEqualTo((short) 0x0607);
    }

    @Test
    void aHandlerThatMovesTheCursorsChangesNothingForTheNext() {
        lent.lend(0, 8).limit(4).position(2).mark();
        ByteBuffer next = lent.lend(4, 4);
        assertThat(next.remaining()).isEqualTo(4);
        assertThat(next.get()).isEqualTo((byte) 4);
        assertThatThrownBy(next::reset).isInstanceOf(InvalidMarkException.class);
        assertThat(lent.lend(0, 16).remaining()).isEqualTo(16);
    }

    @Test
    void aHandlerCannotWrite() {
        assertThatThrownBy(() -> lent.lend(0, 1).put((byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }
}
