package dev.gridmate.driver;

import org.jspecify.annotations.Nullable;

/** What {@link Driver#receive(java.nio.ByteBuffer, ReceiveResult)} has to say besides the byte count; reusable. */
public final class ReceiveResult {

    private @Nullable SocketDriverAddress from;
    private ResultCode code = ResultCode.OK;
    private int sizeNeeded;

    /** Makes a result to be filled by {@code receive}. */
    public ReceiveResult() {}

    /**
     * Returns who sent the packet.
     *
     * @return the sender; null when no packet was ready
     */
    public @Nullable SocketDriverAddress from() {
        return from;
    }

    /**
     * Returns how the call ended.
     *
     * @return {@link ResultCode#OK} or {@link ResultCode#RECEIVE_BUFFER_TOO_SMALL}
     */
    public ResultCode code() {
        return code;
    }

    /**
     * Returns the size of the packet that did not fit.
     *
     * @return bytes; 0 unless the code is {@link ResultCode#RECEIVE_BUFFER_TOO_SMALL}
     */
    public int sizeNeeded() {
        return sizeNeeded;
    }

    void set(@Nullable SocketDriverAddress from, ResultCode code, int sizeNeeded) {
        this.from = from;
        this.code = code;
        this.sizeNeeded = sizeNeeded;
    }

    @Override
    public String toString() {
        return code + (from == null ? "" : " from " + from) + (sizeNeeded == 0 ? "" : " needs " + sizeNeeded);
    }
}
