package dev.gridmate.driver;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Driver#receive(java.nio.ByteBuffer, PacketInfo)} tells of a packet besides its bytes;
 * reusable.
 */
public final class PacketInfo {

    private @Nullable SocketDriverAddress from;
    private ResultCode code = ResultCode.OK;
    private int sizeNeeded;

    /** Makes one to be filled by {@code receive}. */
    public PacketInfo() {}

    /** {@return the sender; null when no packet was ready} */
    public @Nullable SocketDriverAddress from() {
        return from;
    }

    /**
     * {@return how the call ended: {@link ResultCode#OK} or {@link
     * ResultCode#RECEIVE_BUFFER_TOO_SMALL}}
     */
    public ResultCode code() {
        return code;
    }

    /**
     * {@return the size in bytes of the packet that did not fit; 0 unless the code is {@link
     * ResultCode#RECEIVE_BUFFER_TOO_SMALL}}
     */
    public int sizeNeeded() {
        return sizeNeeded;
    }

    /**
     * Fills it; for drivers.
     *
     * @param sender the sender; null when no packet was ready
     * @param result how the call ended
     * @param needed the size in bytes of the packet that did not fit; 0 if it did
     */
    public void set(@Nullable SocketDriverAddress sender, ResultCode result, int needed) {
        from = sender;
        code = result;
        sizeNeeded = needed;
    }

    @Override
    public String toString() {
        return code + (from == null ? "" : " from " + from) + (sizeNeeded == 0 ? "" : " needs " + sizeNeeded);
    }
}
