package dev.gridmate.carrier;

import org.jspecify.annotations.Nullable;

/**
 * One connection of one carrier, from {@code connect} or {@code onIncomingConnection} to its end.
 * Never used again for another, also when the same peer connects anew.
 */
public final class ConnectionId {

    /** As the target of a send: every connection that is established. */
    public static final ConnectionId ALL = new ConnectionId(0);

    private final long number;

    /**
     * What the carrier finds the connection by; null for {@link #ALL}, and when it is over. Its
     * type is the carrier's affair.
     */
    @Nullable
    Object peer;

    ConnectionId(long number) {
        this.number = number;
    }

    /**
     * Names the connection for people.
     *
     * @return {@code connection 1} and so on, by the carrier's count
     */
    @Override
    public String toString() {
        return number == 0 ? "all connections" : "connection " + number;
    }
}
