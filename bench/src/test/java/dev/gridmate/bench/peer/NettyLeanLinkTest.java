package dev.gridmate.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The lean codec, fed with frames that the network has cut. */
class NettyLeanLinkTest {

    private static final int[] SIZES = {1, 2, 7, 1, 300};

    private final List<byte[]> received = new ArrayList<>();
    private final List<ByteBuf> inputs = new ArrayList<>();
    private final List<Throwable> mistakes = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(new NettyLeanLink(new Echo()));

    private final class Echo implements NettyProgram {

        @Override
        public void onPacket(NettyLink link, ByteBuf in, int offset, int length) {
            received.add(ByteBufUtil.getBytes(in, offset, length));
            link.send(in, offset, length);
        }

        @Override
        public void onMistake(Throwable mistake) {
            mistakes.add(mistake);
        }
    }

    @AfterEach
    void holdsNoInput() {
        channel.finishAndReleaseAll();
        assertThat(inputs).allMatch(input -> input.refCnt() == 0);
    }

    @Test
    void takesFramesCutInTwoAtAnyByte() {
        byte[] wire = wire();
        for (int cut = 0; cut <= wire.length; cut++) {
            received.clear();
            read(wire, 0, cut);
            read(wire, cut, wire.length);
            assertThatAllCameAndAreEchoed(wire);
        }
    }

    @Test
    void takesFramesByteByByte() {
        byte[] wire = wire();
        for (int i = 0; i < wire.length; i++) {
            read(wire, i, i + 1);
        }
        assertThatAllCameAndAreEchoed(wire);
    }

    @Test
    void writesTheEchoesOfOneReadInOnePiece() {
        read(wire(), 0, wire().length);
        assertThat(channel.outboundMessages()).hasSize(1);
    }

    @Test
    void refusesAFrameWithoutAPacket() {
        read(new byte[2], 0, 2);
        assertThat(mistakes).hasSize(1).first().isInstanceOf(CorruptedFrameException.class);
    }

    private void read(byte[] wire, int from, int to) {
        ByteBuf input = Unpooled.copiedBuffer(wire, from, to - from);
        if (input.isReadable()) { // an empty one is shared, and nobody's
            inputs.add(input);
            channel.writeInbound(input);
        }
    }

    private void assertThatAllCameAndAreEchoed(byte[] wire) {
        assertThat(received).hasSize(SIZES.length);
        for (int i = 0; i < SIZES.length; i++) {
            assertThat(received.get(i)).isEqualTo(Payload.of(SIZES[i]));
        }
        ByteBuf echoed = Unpooled.buffer();
        for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
            echoed.writeBytes(piece);
            piece.release();
        }
        assertThat(ByteBufUtil.getBytes(echoed)).isEqualTo(wire);
    }

    private static byte[] wire() {
        ByteBuf wire = Unpooled.buffer();
        for (int size : SIZES) {
            wire.writeShort(size).writeBytes(Payload.of(size));
        }
        return ByteBufUtil.getBytes(wire);
    }
}
