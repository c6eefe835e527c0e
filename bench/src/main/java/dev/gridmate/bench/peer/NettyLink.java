package dev.gridmate.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** The last handler of a pipeline: packets up to the program, and down from it. */
abstract class NettyLink extends ChannelInboundHandlerAdapter {

    final NettyProgram program;

    NettyLink(NettyProgram program) {
        this.program = program;
    }

    /** Queues a copy of a packet, or a reference to it; it does not leave before {@link #flush}. */
    abstract void send(ByteBuf packet, int offset, int length);

    abstract void flush();

    /** Says whether less is waiting than the write buffer's high water mark. */
    abstract boolean isWritable();

    @Override
    public void channelActive(ChannelHandlerContext context) {
        program.onConnected(this);
    }

    // One flush, and so one write, for all the reads of a turn.
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (isWritable()) {
            program.onWritable(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        program.onDisconnected(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) { // a peer that has ended
            ChannelFuture unused = context.close();
        } else {
            program.onMistake(cause);
        }
    }
}
