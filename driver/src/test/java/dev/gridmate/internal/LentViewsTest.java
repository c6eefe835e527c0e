package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.InvalidMarkException;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class LentViewsTest {

    private final ByteBuffer memory = ByteBuffer.allocate(1 << 16).putLong(0, 0x0001020304050607L);
    private final LentViews views = new LentViews(memory);

    @Test
    void aViewHasItsLengthAndNoMore() {
        for (int length : new int[] {0, 1, 255, 256, 257, 65_535, 65_536}) {
            ByteBuffer view = views.lend(length);
            assertThat(view.remaining()).isEqualTo(length);
            assertThat(view.capacity()).isEqualTo(length);
        }
    }

    @Test
    void whatAHandlerDidToAViewIsGoneWhenItIsLentAgain() {
        ByteBuffer view = views.lend(8);
        view.order(ByteOrder.LITTLE_ENDIAN).limit(4).position(2).mark();
        assertThat(views.lend(8)).isSameAs(view);
        assertThat(view.getInt(4)).isEqualTo(0x04050607);
        assertThat(view.remaining()).isEqualTo(8);
        assertThatThrownBy(view::reset).isInstanceOf(InvalidMarkException.class);
        assertThatThrownBy(() -> view.put((byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void viewsAreForgottenWhenThereAreManyAndMadeAgain() {
        ByteBuffer first = views.lend(1);
        for (int length = 2; length <= 4096; length++) {
            assertThat(views.lend(length).capacity()).isEqualTo(length);
        }
        assertThat(views.lend(1)).isSameAs(first);
        assertThat(views.lend(5000).capacity()).isEqualTo(5000);
        assertThat(views.lend(1)).isNotSameAs(first);
        assertThat(views.lend(1).capacity()).isEqualTo(1);
    }
}
