package dev.gridmate.carrier;

import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.ErrorLog;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the program's handshake, which may throw anything: that is logged, and counts as a refusal.
 */
final class GuardedHandshake {

    private final ErrorLog errors = new ErrorLog(System.getLogger(GuardedHandshake.class.getName()));

    private static final Answer THREW = new Answer(Handshake.Result.REJECTED, new byte[0]);

    private final Handshake handshake;
    private final int room;
    private final Duration fallback;

    /**
     * How a request is judged.
     *
     * @param result the judgement
     * @param data what the other side gets with it
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares answers
    record Answer(Handshake.Result result, byte[] data) {}

    /**
     * @param room bytes that the handshake may write
     * @param fallback how long a handshake may take if the program's does not say
     */
    GuardedHandshake(Handshake handshake, int room, Duration fallback) {
        this.handshake = handshake;
        this.room = room;
        this.fallback = fallback;
    }

    /** {@return what the other side is to judge; null if the handshake threw} */
    byte @Nullable [] initiate(ConnectionId id) {
        try {
            ByteBuffer out = buffer();
            handshake.onInitiate(id, out);
            return bytes(out);
        } catch (Throwable e) {
            log(e);
            return null;
        }
    }

    Answer judge(ConnectionId id, ByteBuffer in) {
        try {
            ByteBuffer out = buffer();
            Handshake.Result result = handshake.onReceiveRequest(id, in, out);
            return new Answer(Objects.requireNonNull(result, "the result"), bytes(out));
        } catch (Throwable e) {
            log(e);
            return THREW;
        }
    }

    boolean accepts(ConnectionId id, ByteBuffer ack) {
        return ask(() -> handshake.onReceiveAck(id, ack));
    }

    boolean confirmsRequest(ConnectionId id, ByteBuffer in) {
        return ask(() -> handshake.onConfirmRequest(id, in));
    }

    boolean confirmsAck(ConnectionId id, ByteBuffer in) {
        return ask(() -> handshake.onConfirmAck(id, in));
    }

    /** {@return true if somebody unknown may be looked at} */
    boolean welcomes(SocketDriverAddress address) {
        return ask(() -> !handshake.onNewConnection(address));
    }

    void onDisconnect(ConnectionId id) {
        boolean ignored = ask(() -> {
            handshake.onDisconnect(id);
            return true;
        });
    }

    /** {@return how long a handshake may take, in nanoseconds} */
    long timeout() {
        try {
            return handshake.handshakeTimeout().toNanos();
        } catch (Throwable e) {
            log(e);
            return fallback.toNanos();
        }
    }

    private boolean ask(BooleanSupplier question) {
        try {
            return question.getAsBoolean();
        } catch (Throwable e) {
            log(e);
            return false;
        }
    }

    private void log(Throwable thrown) {
        errors.log("the handshake threw, which counts as a refusal", thrown);
    }

    /** A buffer for each question: the handshake may connect to somebody else meanwhile. */
    private ByteBuffer buffer() {
        return ByteBuffer.allocate(room);
    }

    private static byte[] bytes(ByteBuffer written) {
        byte[] bytes = new byte[written.flip().remaining()];
        written.get(bytes);
        return bytes;
    }
}
