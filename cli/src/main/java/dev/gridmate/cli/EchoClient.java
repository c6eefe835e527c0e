package dev.gridmate.cli;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/** One connection that sends packets and checks their echoes, byte by byte and in order. */
final class EchoClient extends Client {

    /**
     * What a connection sends, and how fast.
     *
     * @param packets how many packets, over the whole life of the connection
     * @param nanosPerPacket the time between two packets; 0 to send as fast as echoes come back
     * @param window how many bytes may be on their way there and back: no more than the server is
     *     sure to take, or it would be right to call this client a slow consumer. One packet may
     *     always be
     * @param timeout the longest wait for the connection, and for an echo
     */
    record Plan(long packets, double nanosPerPacket, int window, Duration timeout) {}

    static final int WINDOW = 65_536;

    // Also a bound for the window: so many packets of one byte are no more than 3 KiB.
    private static final int PACKETS_ON_THE_WAY = 1024;
    private static final int PACKETS_PER_TURN = 64;

    private final int number;
    private final Plan plan;
    private final PacketSource source;
    private final RoundTrips roundTrips;
    private final long[] dueAt = new long[PACKETS_ON_THE_WAY];
    private final long[] leftAt = new long[PACKETS_ON_THE_WAY];

    private long packets;
    private long sent;
    private long received;
    private long mismatched;
    private long bytesOnTheWay;
    private long bytes;
    private long start;

    /** Begins to connect. */
    EchoClient(Destination to, int number, Plan plan, PacketSource source, RoundTrips roundTrips) {
        super(to, plan.window(), plan.timeout());
        this.number = number;
        this.plan = plan;
        this.packets = plan.packets();
        this.source = source;
        this.roundTrips = roundTrips;
    }

    @Override
    int send() {
        int count = 0;
        while (count < PACKETS_PER_TURN && sent < packets && sent - received < PACKETS_ON_THE_WAY) {
            long now = System.nanoTime();
            long due = plan.nanosPerPacket() == 0 ? now : start + (long) (sent * plan.nanosPerPacket());
            ByteBuffer packet = source.packet(number, sent);
            int size = sizeOnTheWire(packet);
            boolean fits = bytesOnTheWay == 0 || bytesOnTheWay + size <= plan.window();
            if (due - now > 0 || !fits || !give(packet)) {
                break;
            }
            if (sent == received) {
                step(now);
            }
            int slot = slot(sent);
            dueAt[slot] = due;
            leftAt[slot] = now;
            bytesOnTheWay += size;
            sent++;
            count++;
        }
        return count;
    }

    private static int slot(long packet) {
        return (int) packet & (PACKETS_ON_THE_WAY - 1);
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        if (received == sent) {
            mismatched++; // nothing was asked
            return;
        }
        ByteBuffer expected = source.packet(number, received);
        if (!expected.equals(packet)) {
            mismatched++;
        }
        long now = System.nanoTime();
        step(now);
        int slot = slot(received);
        roundTrips.add(dueAt[slot], leftAt[slot], now);
        bytesOnTheWay -= sizeOnTheWire(expected);
        bytes += expected.remaining();
        received++;
    }

    @Override
    void onEstablished(long now) {
        super.onEstablished(now);
        start = now;
    }

    @Override
    void startSending(long now) {
        start = now;
        packets = Long.MAX_VALUE;
    }

    @Override
    void stopSending() {
        packets = sent;
    }

    @Override
    boolean isComplete() {
        return received == packets;
    }

    @Override
    boolean isWaiting() {
        return sent > received;
    }

    @Override
    long sent() {
        return sent;
    }

    @Override
    long received() {
        return received;
    }

    @Override
    long mismatched() {
        return mismatched;
    }

    @Override
    long bytes() {
        return bytes;
    }
}
