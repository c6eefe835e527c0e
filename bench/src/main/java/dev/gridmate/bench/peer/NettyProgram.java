package dev.gridmate.bench.peer;

import io.netty.buffer.ByteBuf;

/** What a role does with one connection, whatever codec is below. All on the loop's thread. */
interface NettyProgram {

    default void onConnected(NettyLink link) {}

    /**
     * A packet, lent until this returns. What is sent meanwhile is flushed when Netty has read all
     * there was.
     */
    void onPacket(NettyLink link, ByteBuf in, int offset, int length);

    default void onWritable(NettyLink link) {}

    default void onDisconnected(NettyLink link) {}

    /** What is not a connection's end is a mistake, and there are no figures to be had after it. */
    default void onMistake(Throwable mistake) {
        Main.fail(mistake);
    }
}
