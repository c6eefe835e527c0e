package dev.gridmate.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Draws a histogram of nanoseconds: a row for each range of times. The ranges grow with the times,
 * since the first microseconds and the last milliseconds are both of interest; the bars are in
 * proportion to the numbers.
 */
final class Chart {

    private static final int MOST_ROWS = 18;

    /**
     * Where ranges begin within a decade, finest first: preferred numbers, which read better than
     * powers of a root.
     */
    private static final int[][] SCALES = {
        {100, 125, 160, 200, 250, 315, 400, 500, 630, 800}, {100, 160, 250, 400, 630}, {100, 200, 500}, {100}
    };

    private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

    private Chart() {}

    /** Returns the lines; none if there is nothing in the histogram. */
    static List<String> draw(Histogram nanos, Screen screen) {
        List<String> lines = new ArrayList<>();
        if (nanos.getTotalCount() == 0) {
            return lines;
        }
        long longest = Math.max(1, nanos.getMaxValue());
        long[] bounds = bounds(Math.min(nanos.getMinNonZeroValue(), longest), longest);
        long[] counts = count(nanos, bounds);
        long most = 1;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        lines.add(String.format(Locale.ROOT, "%8s %13s", "from", "packets"));
        int width = screen.columns() - lines.get(0).length() - 2;
        for (int i = 0; i < counts.length; i++) {
            double share = (double) counts[i] / most;
            lines.add(String.format(
                            Locale.ROOT,
                            "%8s %,13d  %s",
                            label(bounds[i]),
                            counts[i],
                            screen.unicode() ? blocks(share * width) : hashes(share * width))
                    .stripTrailing());
        }
        return lines;
    }

    /**
     * Returns where the ranges begin that cover the times, in the finest scale that is not too
     * long.
     */
    private static long[] bounds(long least, long most) {
        long[] bounds = {};
        for (int[] scale : SCALES) {
            bounds = bounds(least, most, scale);
            if (bounds.length <= MOST_ROWS) {
                break;
            }
        }
        return bounds;
    }

    private static long[] bounds(long least, long most, int... scale) {
        LongStream.Builder bounds = LongStream.builder();
        for (long decade = 1; decade <= most; decade *= 10) {
            for (int step : scale) {
                bounds.add(decade * step / 100);
            }
        }
        long[] all = bounds.build().distinct().filter(bound -> bound <= most).toArray();
        int first = Arrays.binarySearch(all, least);
        return Arrays.copyOfRange(all, first < 0 ? -first - 2 : first, all.length);
    }

    private static long[] count(Histogram nanos, long... bounds) {
        long[] counts = new long[bounds.length];
        int row = 0;
        for (HistogramIterationValue each : nanos.recordedValues()) {
            while (row + 1 < bounds.length && each.getValueIteratedTo() >= bounds[row + 1]) {
                row++;
            }
            counts[row] += each.getCountAddedInThisIterationStep();
        }
        return counts;
    }

    private static String label(long nanos) {
        return nanos < 1_000_000
                ? shorten(nanos / 1e3) + " us"
                : nanos < 1_000_000_000L ? shorten(nanos / 1e6) + " ms" : shorten(nanos / 1e9) + " s";
    }

    private static String shorten(double value) {
        return new BigDecimal(value, new MathContext(3)).stripTrailingZeros().toPlainString();
    }

    // A range that has anything shows: one packet of a million is what a tail is made of.
    private static String blocks(double cells) {
        int eighths = cells == 0 ? 0 : (int) Math.max(1, Math.round(cells * 8));
        return EIGHTHS.substring(8).repeat(eighths / 8) + EIGHTHS.charAt(eighths % 8);
    }

    private static String hashes(double cells) {
        long whole = Math.round(cells);
        return whole == 0 && cells > 0 ? "." : "#".repeat((int) whole);
    }
}
