package dev.gridmate.cli;

import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverEvents;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes packets and sends none back, but for one: it answers a question.
 *
 * <p>What a client's socket took is not what the server's program took; megabytes of it may lie in
 * between. A close in order does not tell either: it looks the same to a client when the server
 * dies just before. So the client asks, and since packets come in order, the answer is right about
 * all that was sent before the question. As an echo sends the question itself back, it also tells a
 * sink from an echo, and nobody has to guess from a silence.
 */
final class Sink implements PacketHandler, StreamSocketDriverEvents {

    /** Too long to be met by chance: one random packet of this size in 2 to the 72nd. */
    static final String QUESTION = "how many?";

    private static final byte[] QUESTION_BYTES = QUESTION.getBytes(StandardCharsets.US_ASCII);

    /** What a connection brought, questions left out. */
    record Taken(long packets, long bytes) {

        private static final Pattern TEXT = Pattern.compile("packets=(\\d{1,18}) bytes=(\\d{1,18})");

        /** Reads an answer; null if it is none. */
        static @Nullable Taken parse(ByteBuffer answer) {
            Matcher text = TEXT.matcher(StandardCharsets.US_ASCII.decode(answer.duplicate()));
            return text.matches() ? new Taken(Long.parseLong(text.group(1)), Long.parseLong(text.group(2))) : null;
        }

        ByteBuffer answer() {
            return ByteBuffer.wrap(("packets=" + packets + " bytes=" + bytes).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static final class Count {
        private long packets;
        private long bytes;
    }

    private final StreamSocketDriver driver;
    private final Map<SocketDriverAddress, Count> counts = new HashMap<>();

    Sink(StreamSocketDriver driver) {
        this.driver = driver;
    }

    static ByteBuffer question() {
        return ByteBuffer.wrap(QUESTION_BYTES);
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        Count count = counts.computeIfAbsent(from, unused -> new Count());
        if (packet.remaining() == QUESTION_BYTES.length && packet.equals(question())) {
            ResultCode unused = driver.send(from, new Taken(count.packets, count.bytes).answer());
        } else {
            count.packets++;
            count.bytes += packet.remaining();
        }
    }

    @Override
    public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
        counts.remove(address);
    }
}
