package dev.gridmate.driver;

/** What happens to a connection that sends more than its rate limits allow. */
public enum RateLimitPolicy {
    /** Its socket is read more slowly; TCP makes the peer wait. Nothing is lost. */
    THROTTLE,
    /** It ends with {@link DisconnectReason.Code#RATE_LIMITED}. */
    DISCONNECT
}
