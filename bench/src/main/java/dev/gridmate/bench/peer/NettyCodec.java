package dev.gridmate.bench.peer;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;

/** How frames get in and out of a pipeline. */
enum NettyCodec {
    LEAN {
        @Override
        void install(ChannelPipeline pipeline, NettyProgram program) {
            pipeline.addLast(new NettyLeanLink(program));
        }
    },

    STOCK {
        @Override
        void install(ChannelPipeline pipeline, NettyProgram program) {
            pipeline.addLast(
                    new LengthFieldBasedFrameDecoder(HEADER + MAX_PACKET, 0, HEADER, 0, HEADER),
                    new LengthFieldPrepender(HEADER),
                    new NettyStockLink(program));
        }
    };

    private static final int HEADER = 2;
    private static final int MAX_PACKET = 65_535;

    abstract void install(ChannelPipeline pipeline, NettyProgram program);
}
