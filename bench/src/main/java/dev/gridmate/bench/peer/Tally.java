package dev.gridmate.bench.peer;

/** Packets of an echo or a sink. Plain fields: the loop thread counts and reports. */
final class Tally implements Count {

    private final boolean hasSum;
    private long since = System.nanoTime();
    private long packets;
    private long bytes;
    private long sum;

    private Tally(boolean hasSum) {
        this.hasSum = hasSum;
    }

    static Tally ofEchoes() {
        return new Tally(false);
    }

    static Tally ofTouched() {
        return new Tally(true);
    }

    void count(int size) {
        packets++;
        bytes += size;
    }

    /**
     * Takes the bytes at both ends, so that no peer gets away with not having had the packet in its
     * cache.
     */
    void count(int size, byte first, byte last) {
        packets++;
        bytes += size;
        sum += first + last;
    }

    @Override
    public void mark() {
        packets = 0;
        bytes = 0;
        sum = 0;
        since = System.nanoTime();
    }

    @Override
    public Line report() {
        Line line = Line.event("report")
                .with("nanos", System.nanoTime() - since)
                .with("packets", packets)
                .with("bytes", bytes);
        return hasSum ? line.with("sum", sum) : line;
    }
}
