package dev.gridmate.carrier.wire;

/** What a message on the system channel is: the last byte of its payload says it, whatever stands before. */
public final class SystemMessage {

    public static final int CONNECT_REQUEST = 1;
    public static final int CONNECT_ACK = 2;
    public static final int DISCONNECT = 3;
    public static final int CLOCK_SYNC = 4;
    public static final int ACKS = 6;

    private SystemMessage() {}
}
