package dev.gridmate.driver.stream;

/** What moved in one direction of a connection since it began. */
public final class Tally {

    private long packets;
    private long bytes;
    private int most;

    Tally() {}

    void addPackets(int count) {
        packets += count;
    }

    void addBytes(int count) {
        bytes += count;
    }

    /** So many bytes wait now. */
    void waits(int now) {
        most = Math.max(most, now);
    }

    /** {@return how many packets} */
    public long packets() {
        return packets;
    }

    /** {@return how many bytes, headers included} */
    public long bytes() {
        return bytes;
    }

    /** {@return the most bytes that ever waited} */
    public int most() {
        return most;
    }
}
