package dev.gridmate.bench.peer;

import java.util.Arrays;

/**
 * Runs one peer in one role: {@code Main PEER ROLE [options]}. The contract is {@code
 * bench/PEERS.md}.
 */
public final class Main {

    private static final int FAILED = 1;
    private static final int UNAVAILABLE = 3;

    private Main() {}

    /**
     * Runs the peer, and ends the process.
     *
     * @param args peer, role, options
     */
    public static void main(String[] args) {
        try {
            if (args.length < 2) {
                throw new Failure("usage: PEER ROLE [options], see bench/PEERS.md");
            }
            Peer peer = peer(args[0]);
            Options options = Options.parse(Arrays.asList(args).subList(2, args.length));
            run(peer, args[1], options, Commands.from(System.in));
            System.exit(0); // libraries leave threads behind that are not daemons
        } catch (Unavailable e) {
            Line.event("unavailable")
                    .with("reason", String.valueOf(e.getMessage()))
                    .print();
            System.exit(UNAVAILABLE);
        } catch (LinkageError e) { // a library's native half is missing, or is for another machine
            Line.event("unavailable").with("reason", e.toString()).print();
            System.exit(UNAVAILABLE);
        } catch (Throwable e) {
            fail(e);
        }
    }

    private static Peer peer(String name) throws Unavailable {
        return switch (name) {
            case "gridmate" -> new GridMatePeer();
            case "gridmate-tls" -> new GridMatePeer(Tls.context());
            case "netty-epoll-tls" ->
                new NettyPeer(NettyTransport.EPOLL, NettyCodec.LEAN, NettyLoop.Kind.THREAD, Tls.context());
            case "netty-epoll" -> new NettyPeer(NettyTransport.EPOLL, NettyCodec.LEAN, NettyLoop.Kind.THREAD);
            case "netty-epoll-stock" -> new NettyPeer(NettyTransport.EPOLL, NettyCodec.STOCK, NettyLoop.Kind.THREAD);
            case "netty-nio" -> new NettyPeer(NettyTransport.NIO, NettyCodec.LEAN, NettyLoop.Kind.THREAD);
            case "netty-io_uring" -> new NettyPeer(NettyTransport.IO_URING, NettyCodec.LEAN, NettyLoop.Kind.THREAD);
            case "netty-manual" -> new NettyPeer(NettyTransport.EPOLL, NettyCodec.LEAN, NettyLoop.Kind.MANUAL);
            case "kryonet" -> new KryoNetPeer();
            case "jeromq" -> new JeroMqPeer();
            default -> throw new Failure("there is no peer " + name);
        };
    }

    private static void run(Peer peer, String role, Options options, Commands commands) throws Exception {
        switch (role) {
            case "echo" -> peer.echo(options, commands);
            case "sink" -> peer.sink(options, commands);
            case "tick" -> peer.tick(options, commands);
            case "burst" -> peer.burst(options, commands);
            case "update" -> peer.update(options, commands);
            case "ping" -> peer.ping(options, commands);
            case "stream" -> peer.stream(options, commands);
            default -> throw new Failure("there is no role " + role);
        }
    }

    /**
     * Ends the process from any thread: a benchmark whose peer has failed must not wait for
     * figures.
     */
    static void fail(Throwable e) {
        if (e instanceof Failure) {
            System.err.println(e.getMessage());
        } else {
            e.printStackTrace();
        }
        System.exit(FAILED);
    }
}
