package dev.gridmate.testkit.structure;

import java.util.Comparator;
import java.util.List;

/** One thing with its size: a file with its lines, a class with its fields. */
public record Sized(int size, String name) {

    static final Comparator<Sized> LARGEST_FIRST =
            Comparator.comparingInt(Sized::size).reversed().thenComparing(Sized::name);

    /**
     * {@return the smallest size that at least so many of a hundred things do not exceed; 0 if
     * there is nothing}
     */
    static int percentile(List<Sized> things, int percent) {
        int[] sizes = things.stream().mapToInt(Sized::size).sorted().toArray();
        return sizes.length == 0 ? 0 : sizes[Math.max(0, (sizes.length * percent + 99) / 100 - 1)];
    }
}
