package dev.gridmate.bench.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Netty, with one loop for everything. */
final class NettyPeer extends Peer {

    static {
        // Before a class of Netty's asks. It samples buffers to find leaks, which is for tests.
        System.setProperty("io.netty.leakDetection.level", "disabled");
    }

    // The system cuts this down to its own maximum.
    private static final int BACKLOG = 4096;

    // Not Netty's default, the adaptive one: that came out the same where packets are small, and 10
    // to 20 % behind in streams.
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    // A stream is written in pieces of this size, and held back above twice as much.
    private static final int PIECE = 64 * 1024;

    private final NettyTransport transport;
    private final NettyCodec codec;
    private final NettyLoop.Kind kind;

    private final @Nullable SSLContext tls;

    NettyPeer(NettyTransport transport, NettyCodec codec, NettyLoop.Kind kind) {
        this(transport, codec, kind, null);
    }

    NettyPeer(NettyTransport transport, NettyCodec codec, NettyLoop.Kind kind, @Nullable SSLContext tls) {
        this.tls = tls;
        this.transport = transport;
        this.codec = codec;
        this.kind = kind;
    }

    @Override
    void echo(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        Tally tally = Tally.ofEchoes();
        NettyProgram program = (link, in, offset, length) -> {
            tally.count(length);
            link.send(in, offset, length);
        };
        listen(loop, () -> program);
        loop.serve(commands, word -> Commands.answer(word, tally));
    }

    @Override
    void sink(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        Tally tally = Tally.ofTouched();
        NettyProgram program =
                (link, in, offset, length) -> tally.count(length, in.getByte(offset), in.getByte(offset + length - 1));
        listen(loop, () -> program);
        loop.serve(commands, word -> Commands.answer(word, tally));
    }

    @Override
    void tick(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        Ticker ticker = new Ticker(loop, options);
        listen(loop, () -> ticker);
        loop.serve(commands, word -> Commands.answer(word, ticker.timer));
    }

    private static final class Ticker implements NettyProgram {

        private final NettyLoop loop;
        private final TickTimer timer;
        private final int connections;
        private final ByteBuf packet;
        private final List<NettyLink> links = new ArrayList<>();

        Ticker(NettyLoop loop, Options options) {
            this.loop = loop;
            timer = new TickTimer(options.hz(), false);
            connections = options.connections();
            packet = direct(options.size(200));
        }

        @Override
        public void onConnected(NettyLink link) {
            links.add(link);
            if (links.size() == connections && !timer.isStarted()) {
                timer.start();
                schedule();
            }
        }

        private void schedule() {
            Future<?> unused = loop.group().schedule(this::tick, Math.max(0, timer.untilDue()), TimeUnit.NANOSECONDS);
        }

        private void tick() {
            timer.begin();
            for (int i = 0; i < links.size(); i++) {
                NettyLink link = links.get(i);
                link.send(packet.setByte(0, i), 0, packet.writerIndex());
                link.flush();
            }
            timer.end();
            schedule();
        }

        @Override
        public void onPacket(NettyLink link, ByteBuf in, int offset, int length) {}

        @Override
        public void onDisconnected(NettyLink link) {
            links.remove(link);
        }
    }

    @Override
    void burst(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        BurstTimer timer = new BurstTimer(options, false);
        Promise<Integer> complete = loop.group().next().newPromise();
        int[] connected = {0};
        listen(loop, () -> new NettyProgram() {

            private final BurstTimer.Turn turn = new BurstTimer.Turn();

            @Override
            public void onConnected(NettyLink link) {
                connected[0]++;
                if (connected[0] == timer.connections()) {
                    complete.setSuccess(connected[0]);
                }
            }

            @Override
            public void onPacket(NettyLink link, ByteBuf in, int offset, int length) {
                timer.handle(turn);
            }
        });
        loop.await(complete);
        loop.serve(commands, word -> {
            if (word.equals("pause")) {
                Line.event("paused").print();
                commands.await("go");
                timer.go();
            } else {
                Commands.answer(word);
            }
        });
    }

    @Override
    void update(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        if (kind == NettyLoop.Kind.THREAD) {
            loop.call();
        }
        listen(loop, () -> (link, in, offset, length) -> {});
        while (true) {
            UpdateCost.answer(commands.take(), loop::call);
        }
    }

    @Override
    void ping(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        Promise<Line> result = loop.group().next().newPromise();
        RoundTrips trips = new RoundTrips(options);
        ByteBuf packet = direct(options.size(64));
        connect(loop, options, new NettyProgram() {

            @Override
            public void onConnected(NettyLink link) {
                trips.start();
                link.send(packet, 0, packet.writerIndex());
                link.flush();
            }

            @Override
            public void onPacket(NettyLink link, ByteBuf in, int offset, int length) {
                if (length != packet.writerIndex()) {
                    result.setFailure(
                            new Failure("an echo has " + length + " bytes instead of " + packet.writerIndex()));
                } else if (trips.next()) {
                    link.send(packet, 0, packet.writerIndex());
                    link.flush(); // at once, and not only when Netty has asked whether there is more to read
                } else {
                    result.setSuccess(trips.result());
                }
            }

            @Override
            public void onDisconnected(NettyLink link) {
                result.tryFailure(new Failure("the server has closed the connection"));
            }
        });
        loop.await(result).print();
    }

    @Override
    void stream(Options options, Commands commands) throws Exception {
        NettyLoop loop = loop(options);
        connect(loop, options, new Streamer(direct(options.size(64))));
        loop.serve(commands, Commands::answer);
    }

    private static final class Streamer implements NettyProgram {

        private final ByteBuf packet;
        private boolean pumping;

        Streamer(ByteBuf packet) {
            this.packet = packet;
        }

        @Override
        public void onConnected(NettyLink link) {
            Line.event("started").print();
            onWritable(link);
        }

        // A flush that succeeds makes the channel writable while this is still at work: the loop
        // goes on, and not a second one.
        @Override
        public void onWritable(NettyLink link) {
            if (pumping) {
                return;
            }
            pumping = true;
            while (link.isWritable()) {
                for (int size = 0; size < PIECE; size += packet.writerIndex()) {
                    link.send(packet, 0, packet.writerIndex());
                }
                link.flush();
            }
            pumping = false;
        }

        @Override
        public void onPacket(NettyLink link, ByteBuf in, int offset, int length) {}

        @Override
        public void onDisconnected(NettyLink link) {
            Main.fail(new Failure("the server has closed the connection"));
        }
    }

    private NettyLoop loop(Options options) throws Unavailable {
        transport.check();
        return NettyLoop.of(kind, transport, options.mode());
    }

    private void listen(NettyLoop loop, Supplier<NettyProgram> programs) throws Exception {
        ChannelFuture bound = new ServerBootstrap()
                .group(loop.group())
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
                .childHandler(initializer(programs, false))
                .bind(InetAddress.getLoopbackAddress(), 0);
        loop.await(bound);
        Line.event("ready")
                .with("port", ((InetSocketAddress) bound.channel().localAddress()).getPort())
                .print();
    }

    private void connect(NettyLoop loop, Options options, NettyProgram program) throws Exception {
        loop.await(new Bootstrap()
                .group(loop.group())
                .channel(transport.clientChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, ALLOCATOR)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(PIECE, 2 * PIECE))
                .handler(initializer(() -> program, true))
                .connect(InetAddress.getLoopbackAddress(), options.port()));
    }

    private ChannelInitializer<Channel> initializer(Supplier<NettyProgram> programs, boolean isClient) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    SSLEngine engine = tls.createSSLEngine();
                    engine.setUseClientMode(isClient);
                    channel.pipeline().addLast(new SslHandler(engine));
                }
                codec.install(channel.pipeline(), programs.get());
            }
        };
    }

    private static ByteBuf direct(int size) {
        return Unpooled.directBuffer(size).writeBytes(Payload.of(size));
    }
}
