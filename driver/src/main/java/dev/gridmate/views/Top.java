package dev.gridmate.views;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * The greatest of many things, found in one walk: a heap of so many, the least on top.
 *
 * @param <T> the things
 */
public final class Top<T> {

    private record Ranked<T>(double rank, T thing) {}

    private final int limit;
    private final PriorityQueue<Ranked<T>> heap;

    /** @param limit how many, 0 or more */
    public Top(int limit) {
        this.limit = limit;
        heap = new PriorityQueue<>(Math.max(1, Math.min(limit, 64)), (a, b) -> Double.compare(a.rank, b.rank));
    }

    /** Offers a thing, which is kept while it is among the greatest. */
    public void offer(double rank, T thing) {
        if (heap.size() < limit) {
            heap.add(new Ranked<>(rank, thing));
        } else if (limit > 0 && heap.element().rank < rank) {
            heap.remove();
            heap.add(new Ranked<>(rank, thing));
        }
    }

    /** {@return the greatest, made into something, the greatest first} */
    public <R> List<R> take(Function<T, R> make) {
        List<R> made = new ArrayList<>(heap.size());
        while (!heap.isEmpty()) {
            made.add(make.apply(heap.remove().thing));
        }
        Collections.reverse(made);
        return made;
    }
}
