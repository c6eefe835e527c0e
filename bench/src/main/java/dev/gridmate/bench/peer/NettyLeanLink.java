package dev.gridmate.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import org.jspecify.annotations.Nullable;

/**
 * Frames without a codec in the pipeline: what a read brings is parsed where it lies, without an
 * object for each packet, and what is sent meanwhile gathers in one buffer of the pool. It is what
 * a user of Netty writes who has measured the stock codec.
 */
final class NettyLeanLink extends NettyLink {

    private static final int HEADER = 2;

    private @Nullable ChannelHandlerContext context;

    /**
     * The frame that the last read has cut off. None between whole frames, so that an idle
     * connection holds nothing.
     */
    private @Nullable ByteBuf cut;

    /** What waits for the flush. */
    private @Nullable ByteBuf out;

    /** How much the present read has brought: an echo needs as much room. */
    private int arrived;

    /**
     * How much the last flush took: a stream needs as much again, and a buffer that grows is copied
     * each time.
     */
    private int flushed;

    NettyLeanLink(NettyProgram program) {
        super(program);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext unused, Object message) {
        ByteBuf in = (ByteBuf) message;
        arrived = in.readableBytes();
        try {
            if (cut == null || completeCut(cut, in)) {
                int begin = in.readerIndex();
                int end = in.writerIndex();
                while (end - begin >= HEADER) {
                    int length = checked(in.getUnsignedShort(begin));
                    if (end - begin < HEADER + length) {
                        break;
                    }
                    program.onPacket(this, in, begin + HEADER, length);
                    begin += HEADER + length;
                }
                keep(in, begin, end - begin);
            }
        } finally {
            in.release();
        }
    }

    // Copies what this one frame lacks, and no more: the rest of the read is parsed in place.
    private boolean completeCut(ByteBuf frame, ByteBuf in) {
        if (!fill(frame, HEADER, in)) {
            return false;
        }
        int length = checked(frame.getUnsignedShort(0));
        if (!fill(frame, HEADER + length, in)) {
            return false;
        }
        program.onPacket(this, frame, HEADER, length);
        frame.release();
        cut = null;
        return true;
    }

    private static boolean fill(ByteBuf frame, int size, ByteBuf in) {
        int lacking = size - frame.writerIndex();
        if (lacking > 0) {
            frame.writeBytes(in, Math.min(lacking, in.readableBytes()));
        }
        return frame.writerIndex() >= size;
    }

    private void keep(ByteBuf in, int begin, int size) {
        if (size > 0) {
            cut = buffer(size < HEADER ? 256 : HEADER + in.getUnsignedShort(begin))
                    .writeBytes(in, begin, size);
        }
    }

    private static int checked(int length) {
        if (length == 0) {
            throw new CorruptedFrameException("a frame without a packet");
        }
        return length;
    }

    @Override
    void send(ByteBuf packet, int offset, int length) {
        ByteBuf to = out;
        if (to == null) {
            to = buffer(Math.max(HEADER + length, Math.max(arrived, flushed)));
            out = to;
        }
        to.writeShort(length).writeBytes(packet, offset, length);
    }

    @Override
    void flush() {
        ByteBuf waiting = out;
        if (waiting != null) {
            out = null;
            flushed = waiting.readableBytes();
            // Nobody listens to the write: what fails comes as an exception, and saves a promise
            // for each.
            ChannelFuture unused = context().writeAndFlush(waiting, context().voidPromise());
        }
        arrived = 0;
    }

    @Override
    boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext unused) {
        if (cut != null) {
            cut.release();
            cut = null;
        }
        if (out != null) {
            out.release();
            out = null;
        }
    }

    private ByteBuf buffer(int size) {
        return context().alloc().directBuffer(size);
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }
}
