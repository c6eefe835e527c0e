package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The memory of messages that wait for the program, and of those that are lent to it. */
class WholeMessagesTest {

    private final MessagePool pool = new MessagePool(1 << 20);
    private final WholeMessages whole = new WholeMessages(pool, Shares.any());

    private Message piece(int length, int value) {
        Message piece = pool.take(length);
        Arrays.fill(piece.data, (byte) 99); // as if it had been used before
        Arrays.fill(piece.data, 0, length, (byte) value);
        return piece;
    }

    private Message add(int... pieces) {
        Message first = piece(pieces[0], 1);
        Message last = first;
        first.totalLength = pieces[0];
        for (int i = 1; i < pieces.length; i++) {
            last.next = piece(pieces[i], i + 1);
            last = last.next;
            first.totalLength += pieces[i];
        }
        whole.add(first);
        return first;
    }

    @Test
    void aMessageInOnePieceIsLentWhereItIs() {
        Message message = add(10);
        ByteBuffer lent = whole.lend();
        message.data[3] = 77;
        assertThat(lent.get(3)).isEqualTo((byte) 77);
        assertThat(lent.remaining()).isEqualTo(10);
        whole.giveBack();
        assertThat(pool.take(10)).as("its memory is free").isSameAs(message);
    }

    @Test
    void aMessageInPiecesIsLentInOne() {
        add(100, 100, 3);
        ByteBuffer lent = whole.lend();
        assertThat(lent.remaining()).isEqualTo(203);
        assertThat(lent.get(99)).isEqualTo((byte) 1);
        assertThat(lent.get(100)).isEqualTo((byte) 2);
        assertThat(lent.get(202)).isEqualTo((byte) 3);
        assertThat(lent.capacity()).isEqualTo(256);
        assertThat(lent.clear().get(203)).as("what follows is cleared").isZero();
        whole.giveBack();
        assertThat(whole.bytes()).isZero();
    }

    @Test
    void whatIsLentLeavesTheQueueAndKeepsItsMemory() {
        add(10);
        add(20);
        ByteBuffer outer = whole.lend();
        assertThat(whole.count()).isEqualTo(1);
        assertThat(whole.nextLength()).isEqualTo(20);
        ByteBuffer inner = whole.lend();
        assertThat(whole.count()).isZero();
        assertThat(whole.nextLength()).isEqualTo(-1);
        assertThat(whole.bytes()).isPositive();
        assertThat(outer.remaining()).isEqualTo(10);
        assertThat(inner.remaining()).isEqualTo(20);
        whole.giveBack();
        assertThat(whole.bytes()).isPositive();
        whole.giveBack();
        assertThat(whole.bytes()).isZero();
    }

    @Test
    void whatIsLentOutlivesTheEndOfItsConnection() {
        add(10);
        add(20);
        ByteBuffer lent = whole.lend();
        whole.clear();
        assertThat(whole.count()).isZero();
        assertThat(whole.bytes()).isPositive();
        assertThat(lent.get(9)).isEqualTo((byte) 1);
        whole.giveBack();
        assertThat(whole.bytes()).isZero();
    }

    @Test
    void whatCannotBeWrittenInFullStays() {
        add(10, 10);
        assertThatThrownBy(() -> whole.take(ByteBuffer.allocate(20).asReadOnlyBuffer()))
                .isInstanceOf(java.nio.ReadOnlyBufferException.class);
        assertThat(whole.count()).isEqualTo(1);
        ByteBuffer into = ByteBuffer.allocate(20);
        whole.take(into);
        assertThat(into.remaining()).isZero();
        assertThat(whole.bytes()).isZero();
    }

    @Test
    void aMessageAboveAMebibyteIsLentInMemoryOfItsOwn() {
        int[] pieces = new int[20];
        Arrays.fill(pieces, 60_000);
        add(pieces);
        ByteBuffer lent = whole.lend();
        assertThat(lent.remaining()).isEqualTo(1_200_000);
        assertThat(lent.capacity()).isEqualTo(1_200_000);
        assertThat(lent.get(1_199_999)).isEqualTo((byte) 20);
        whole.giveBack();
        assertThat(whole.bytes()).isZero();
    }
}
