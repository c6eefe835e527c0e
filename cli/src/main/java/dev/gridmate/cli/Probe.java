package dev.gridmate.cli;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection that finds out what kind of server there is: it asks what only a sink answers. */
final class Probe extends Client {

    /** What a server does with packets. */
    enum Kind {
        /** It sends them back. */
        ECHO,
        /** It takes them, and says how many when asked. */
        SINK,
        /** Something else. */
        OTHER
    }

    private boolean asked;
    private @Nullable Kind kind;

    Probe(Destination to, Duration timeout) {
        super(to, 1, timeout);
    }

    /** Returns the kind; null while it is not known. */
    @Nullable
    Kind kind() {
        return kind;
    }

    @Override
    int send() {
        if (asked) {
            return 0;
        }
        asked = give(Sink.question());
        return asked ? 1 : 0;
    }

    @Override
    public void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        if (kind == null) {
            kind = packet.equals(Sink.question())
                    ? Kind.ECHO
                    : Sink.Taken.parse(packet) != null ? Kind.SINK : Kind.OTHER;
        }
    }

    @Override
    void startSending(long now) {
        // it asks by itself
    }

    @Override
    void stopSending() {
        // one question is all
    }

    @Override
    boolean isComplete() {
        return kind != null;
    }

    @Override
    boolean isWaiting() {
        return kind == null;
    }

    @Override
    long sent() {
        return asked ? 1 : 0;
    }

    @Override
    long received() {
        return kind == null ? 0 : 1;
    }

    @Override
    long bytes() {
        return 0;
    }

    @Override
    long mismatched() {
        return 0;
    }
}
