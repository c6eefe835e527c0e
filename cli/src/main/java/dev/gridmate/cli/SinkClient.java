package dev.gridmate.cli;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One connection that sends as fast as a {@link Sink} takes, and asks it now and then how much that
 * was.
 */
final class SinkClient extends Client {

    // Often enough to have an answer from close to any moment, seldom enough that the questions
    // cost nothing.
    private static final long BETWEEN_QUESTIONS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int PACKETS_PER_TURN = 64;

    private final PacketSource source;
    private boolean sending;
    private boolean stopped;
    private boolean asked;
    private long sent;
    private long sentWhenAsked;
    private Sink.Taken taken = new Sink.Taken(0, 0);
    private long answeredAt;
    private long mismatched;

    /** Begins to connect. */
    SinkClient(Destination to, int window, PacketSource source, Duration timeout) {
        super(to, window, timeout);
        this.source = source;
    }

    @Override
    int send() {
        int count = ask(System.nanoTime()); // first, or packets might never leave it room
        while (sending && count < PACKETS_PER_TURN && give(source.packet(0, sent))) {
            sent++;
            count++;
        }
        return count;
    }

    private int ask(long now) {
        boolean isDue = sending ? now - answeredAt >= BETWEEN_QUESTIONS : stopped && sentWhenAsked < sent;
        if (asked || !isDue || !give(Sink.question())) {
            return 0;
        }
        asked = true;
        sentWhenAsked = sent;
        return 1;
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        Sink.Taken answer = Sink.Taken.parse(packet);
        if (!asked || answer == null || answer.packets() != sentWhenAsked) {
            mismatched++;
        }
        if (asked && answer != null) {
            asked = false;
            taken = answer;
            answeredAt = System.nanoTime();
            step(answeredAt);
        }
    }

    @Override
    void startSending(long now) {
        sending = true;
        answeredAt = now; // that it has taken nothing is sure without asking
        step(now);
    }

    @Override
    void stopSending() {
        sending = false;
        stopped = true;
    }

    @Override
    boolean isComplete() {
        return stopped && !asked && sentWhenAsked == sent;
    }

    @Override
    boolean isWaiting() {
        return sent > taken.packets();
    }

    @Override
    long sent() {
        return sent;
    }

    @Override
    long received() {
        return taken.packets();
    }

    @Override
    long bytes() {
        return taken.bytes();
    }

    @Override
    long mismatched() {
        return mismatched;
    }

    @Override
    long countedAt(long now) {
        return answeredAt;
    }
}
