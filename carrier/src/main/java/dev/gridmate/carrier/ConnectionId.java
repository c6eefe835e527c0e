package dev.gridmate.carrier;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection of one carrier, from {@code connect} or {@code onIncomingConnection} to its end.
 * Never used again for another, also when the same peer connects anew.
 *
 * <p>A program can attach an object to it, so that it needs no map of connections:
 *
 * <pre>{@code
 * public void onConnectionEstablished(Carrier carrier, ConnectionId id) {
 *     id.attach(new Player());
 * }
 *
 * public void onDisconnect(Carrier carrier, ConnectionId id, CarrierDisconnectReason reason) {
 *     id.attachment(Player.class).leave();
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> The number may be read by any thread. The attachment belongs to the thread
 * that owns the carrier.
 */
public final class ConnectionId {

    private static final AtomicLong LAST_NUMBER = new AtomicLong();

    /** As the target of a send: every connection that is established. */
    public static final ConnectionId ALL = new ConnectionId(0);

    private final long number;
    private @Nullable Object attachment;

    /**
     * What the carrier finds the connection by; null for {@link #ALL}, and when it is over. Its
     * type is the carrier's affair.
     */
    @Nullable
    Object peer;

    /** Makes the id of a new connection, with the next number of this process. */
    ConnectionId() {
        this(LAST_NUMBER.incrementAndGet());
    }

    private ConnectionId(long number) {
        this.number = number;
    }

    /** It is over for what was kept here, and not for what has taken its place. */
    void leave(Object gone) {
        if (gone.equals(peer)) {
            peer = null;
        }
    }

    /**
     * {@return the connection's number, 1 or more: no other connection of any carrier in this
     * process has it; 0 for {@link #ALL}}
     */
    public long number() {
        return number;
    }

    /**
     * Attaches an object of the program's, in place of the one before. It stays until it is
     * replaced, also after the end of the connection.
     *
     * @param object the object; null to attach nothing
     * @throws IllegalStateException if this is {@link #ALL}, which is not a connection
     */
    public void attach(@Nullable Object object) {
        if (number == 0) {
            throw new IllegalStateException("ConnectionId.ALL is not a connection: attach to one of them");
        }
        attachment = object;
    }

    /** {@return the object that was attached; null if there is none} */
    public @Nullable Object attachment() {
        return attachment;
    }

    /**
     * {@return the object that was attached; null if there is none}
     *
     * @param type what it must be
     * @param <T> what it must be
     * @throws ClassCastException if it is something else
     */
    public <T> @Nullable T attachment(Class<T> type) {
        return type.cast(attachment);
    }

    /**
     * Names the connection for people.
     *
     * @return {@code connection 17}, with its {@link #number()}
     */
    @Override
    public String toString() {
        return number == 0 ? "all connections" : "connection " + number;
    }
}
