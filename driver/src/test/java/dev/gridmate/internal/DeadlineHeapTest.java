package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class DeadlineHeapTest {

    private static final class Thing extends DeadlineHeap.Entry {}

    // The model is a map. Whatever is drawn, the heap hands out those that are due, the earliest
    // first, and each once.
    @Test
    void whatIsDueIsHandedOutOnceTheEarliestFirst() {
        for (long seed = 1; seed <= 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            DeadlineHeap<Thing> deadlines = new DeadlineHeap<>();
            List<Thing> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(new Thing());
            }
            Map<Thing, Long> model = new HashMap<>();
            long now = 0;
            for (int step = 0; step < 500; step++) {
                Thing one = all.get(random.nextInt(all.size()));
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
                        for (Thing due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
                            Long time = model.remove(due);
                            assertThat(time).as("seed %d", seed).isNotNull().isBetween(last, now);
                            last = time;
                        }
                        assertThat(model.values()).as("seed %d", seed).allMatch(greaterThan(now));
                    }
                }
                long earliest =
                        model.values().stream().mapToLong(Long::longValue).min().orElse(DeadlineHeap.NEVER);
                assertThat(deadlines.earliest()).as("seed %d", seed).isEqualTo(earliest);
            }
        }
    }

    private static Predicate<Long> greaterThan(long now) {
        return time -> time > now;
    }

    @Test
    void neverIsNoDeadline() {
        DeadlineHeap<Thing> deadlines = new DeadlineHeap<>();
        deadlines.atMost(new Thing(), DeadlineHeap.NEVER);
        assertThat(deadlines.poll(Long.MAX_VALUE)).isNull();
    }

    @Test
    void aDeadlineIsDueAtItsTimeAndNotBeforeAndThenItsThingMayHaveAnother() {
        DeadlineHeap<Thing> deadlines = new DeadlineHeap<>();
        Thing thing = new Thing();
        for (long time = 10; time <= 30; time += 10) {
            deadlines.atMost(thing, time);
            deadlines.atMost(thing, time + 5);
            assertThat(deadlines.earliest()).isEqualTo(time);
            assertThat(deadlines.poll(time - 1)).isNull();
            assertThat(deadlines.poll(time)).isSameAs(thing);
            assertThat(deadlines.poll(time)).isNull();
            assertThat(deadlines.earliest()).isEqualTo(DeadlineHeap.NEVER);
            deadlines.remove(thing);
        }
    }

    @Test
    void neverLeavesADeadlineThatIsThere() {
        DeadlineHeap<Thing> deadlines = new DeadlineHeap<>();
        Thing thing = new Thing();
        deadlines.atMost(thing, 10);
        deadlines.atMost(thing, DeadlineHeap.NEVER);
        deadlines.atMost(new Thing(), DeadlineHeap.NEVER);
        assertThat(deadlines.earliest()).isEqualTo(10);
        assertThat(deadlines.poll(10)).isSameAs(thing);
        assertThat(deadlines.earliest()).isEqualTo(DeadlineHeap.NEVER);
    }

    // The last place goes to the hole, and from there it may have to go up: it comes from another
    // branch.
    @Test
    void whatTakesThePlaceOfOneThatLeftMayGoUp() {
        long[] times = {1, 100, 2, 110, 120, 3, 4};
        DeadlineHeap<Thing> deadlines = new DeadlineHeap<>();
        List<Thing> things = new ArrayList<>();
        for (long each : times) {
            things.add(new Thing());
            deadlines.atMost(things.get(things.size() - 1), each);
        }
        deadlines.remove(things.get(3)); // under 100, and the last is 4
        for (long each : new long[] {1, 2, 3, 4, 100, 120}) {
            assertThat(deadlines.earliest()).isEqualTo(each);
            assertThat(deadlines.poll(each)).isNotNull();
        }
        assertThat(deadlines.poll(Long.MAX_VALUE)).isNull();
    }
}
