package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class FixedListTest {

    private final FixedList<String> list = new FixedList<>(List.of("a", "b", "c"));

    @Test
    void itIsWalkedInAnyWayAndNeverChanges() {
        List<String> byForEach = new ArrayList<>();
        list.forEach(byForEach::add);
        assertThat(byForEach).isEqualTo(List.of("a", "b", "c")).isEqualTo(list);
        assertThat(list.get(2)).isEqualTo("c");
        assertThat(list).hasSize(3);
        assertThatThrownBy(() -> list.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list.add("d")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aWalkWithinAWalkHasAnIteratorToItself() {
        List<String> pairs = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            for (String each : list) {
                for (String other : list) {
                    pairs.add(each + other);
                }
            }
        }
        assertThat(pairs).hasSize(18).startsWith("aa", "ab", "ac", "ba").endsWith("cb", "cc");
    }

    @Test
    void anIteratorThatHasEndedServesTheNextWalkAndOneThatHasNotDoesNot() {
        Iterator<String> first = list.iterator();
        while (first.hasNext()) {
            assertThat(first.next()).isNotEmpty();
        }
        assertThatThrownBy(first::next).isInstanceOf(NoSuchElementException.class);
        assertThat(first.hasNext()).isFalse();
        Iterator<String> second = list.iterator();
        assertThat(second).isSameAs(first);
        assertThat(second.next()).isEqualTo("a");
        assertThat(list.iterator()).isNotSameAs(second);
    }

    @Test
    void oneIteratorServesEveryWalkThatComesToItsEnd() {
        Iterator<String> first = list.iterator();
        for (int walk = 0; walk < 4; walk++) {
            Iterator<String> each = walk == 0 ? first : list.iterator();
            assertThat(each).isSameAs(first);
            while (each.hasNext()) {
                assertThat(each.next()).isNotEmpty();
            }
        }
    }
}
