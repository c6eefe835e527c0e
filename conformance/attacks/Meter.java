/** What an attacker spends: paces it, and counts its bytes. */
final class Meter {

    private final long bytesPerSecond;
    private final long start = System.nanoTime();
    private final long end;
    private long sent;
    private long received;
    private long units;

    /**
     * @param bytesPerSecond the pace; 0 for as fast as it can
     * @param seconds how long
     */
    Meter(long bytesPerSecond, double seconds) {
        this.bytesPerSecond = bytesPerSecond;
        this.end = start + (long) (seconds * 1e9);
    }

    boolean isOver() {
        return System.nanoTime() >= end;
    }

    /** Counts a unit of attack, and waits if the attacker is ahead of its pace. */
    void sent(long bytes) {
        sent += bytes;
        units++;
        while (bytesPerSecond > 0 && !isOver()) {
            long due = start + (long) (sent * 1e9 / bytesPerSecond);
            long wait = due - System.nanoTime();
            if (wait <= 200_000) {
                return;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(Math.min(wait, 2_000_000));
        }
    }

    void received(long bytes) {
        received += bytes;
    }

    long bytesSent() {
        return sent;
    }

    long bytesReceived() {
        return received;
    }

    long count() {
        return units;
    }
}
