package dev.gridmate.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** The program behind Netty's own length codec: each packet is a slice, in and out. */
final class NettyStockLink extends NettyLink {

    private @Nullable ChannelHandlerContext context;

    NettyStockLink(NettyProgram program) {
        super(program);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext unused, Object message) {
        ByteBuf packet = (ByteBuf) message;
        try {
            program.onPacket(this, packet, packet.readerIndex(), packet.readableBytes());
        } finally {
            packet.release();
        }
    }

    @Override
    void send(ByteBuf packet, int offset, int length) {
        ChannelFuture unused =
                context().write(packet.retainedSlice(offset, length), context().voidPromise());
    }

    @Override
    void flush() {
        context().flush();
    }

    @Override
    boolean isWritable() {
        return context().channel().isWritable();
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }
}
