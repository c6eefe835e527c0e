package dev.gridmate.bench.peer;

import com.esotericsoftware.kryonet.Client;
import com.esotericsoftware.kryonet.Connection;
import com.esotericsoftware.kryonet.Listener;
import com.esotericsoftware.kryonet.Server;
import com.esotericsoftware.minlog.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** KryoNet over TCP, without Kryo. It sets {@code TCP_NODELAY} itself. */
final class KryoNetPeer extends Peer {

    // KryoNet's own sizes, enough for small packets. Each connection has both buffers from the
    // start.
    private static final int WRITE_BUFFER = 16 * 1024;
    private static final int READ_BUFFER = 2 * 1024;

    // A stream has one connection, and packets of any size; several large ones fit.
    private static final int STREAM_BUFFER = 256 * 1024;

    // Nothing wakes KryoNet's selector for a command. And in less than 25 ms it holds that the
    // selector is broken when it has found nothing 100 times, and sleeps.
    private static final int WAIT_MILLIS = 25;

    // KryoNet reads a connection until it is dry, which one that is always sending never is:
    // commands must be answered from within.
    private static final int PACKETS_BETWEEN_COMMANDS = 1024;

    // Every hundredth call that finds nothing sleeps 25 ms, so that this is as much as is
    // reasonable.
    private static final int UPDATES = 20_000;

    private static final int CONNECT_MILLIS = 5_000;

    static {
        Log.NONE(); // it writes to standard output
    }

    /** What a server's program keeps about a connection. */
    private static final class Guest extends Connection {
        private final BurstTimer.Turn turn = new BurstTimer.Turn();
    }

    private static final class Guests extends Server {

        Guests(int writeBuffer, int readBuffer) {
            super(writeBuffer, readBuffer, new KryoNetSerialization());
        }

        @Override
        protected Connection newConnection() {
            return new Guest();
        }
    }

    /** What a server does with packets; all on the thread that calls update. */
    private interface Program {
        void onPacket(Guest from, KryoNetPacket packet);
    }

    @Override
    void echo(Options options, Commands commands) throws Exception {
        checkBlocking(options);
        Tally tally = Tally.ofEchoes();
        Server server = listen(WRITE_BUFFER, READ_BUFFER, (from, packet) -> {
            tally.count(packet.size);
            from.sendTCP(packet);
        });
        while (true) {
            server.update(WAIT_MILLIS);
            commands.answerWith(tally);
        }
    }

    @Override
    void sink(Options options, Commands commands) throws Exception {
        checkBlocking(options);
        Tally tally = Tally.ofTouched();
        int[] sinceCommands = {0};
        Server server = listen(WRITE_BUFFER, STREAM_BUFFER, (from, packet) -> {
            tally.count(packet.size, packet.first(), packet.last());
            if (++sinceCommands[0] == PACKETS_BETWEEN_COMMANDS) {
                sinceCommands[0] = 0;
                commands.answerWith(tally);
            }
        });
        while (true) {
            server.update(WAIT_MILLIS);
            commands.answerWith(tally);
        }
    }

    // As KryoNet's users do: its thread receives, the game's thread sends, and writes to the
    // sockets in doing so.
    @Override
    void tick(Options options, Commands commands) throws Exception {
        TickTimer timer = new TickTimer(options.hz(), false);
        KryoNetPacket packet = KryoNetPacket.of(Payload.of(options.size(200)));
        Server server = listen(WRITE_BUFFER, READ_BUFFER, (from, ignored) -> {});
        commands.wakeWith(unparkThisThread());
        server.start();
        while (true) {
            commands.answerWith(timer);
            Connection[] connections = server.getConnections();
            if (!timer.isStarted() && connections.length >= options.connections()) {
                timer.start();
            }
            long untilDue = timer.untilDue();
            if (untilDue > 0) {
                LockSupport.parkNanos(timer.isStarted() ? untilDue : 1_000_000);
                continue;
            }
            timer.begin();
            for (int i = 0; i < connections.length; i++) {
                packet.bytes[0] = (byte) i;
                connections[i].sendTCP(packet);
            }
            timer.end();
        }
    }

    private static Runnable unparkThisThread() {
        Thread thread = Thread.currentThread();
        return () -> LockSupport.unpark(thread);
    }

    @Override
    void burst(Options options, Commands commands) throws Exception {
        checkBlocking(options);
        BurstTimer timer = new BurstTimer(options, false);
        Server server = listen(WRITE_BUFFER, READ_BUFFER, (from, packet) -> timer.handle(from.turn));
        while (true) {
            server.update(WAIT_MILLIS);
            String word = server.getConnections().length >= timer.connections() ? commands.poll() : null;
            if (word != null && word.equals("pause")) {
                Line.event("paused").print();
                commands.await("go");
                timer.go();
            } else if (word != null) {
                Commands.answer(word);
            }
        }
    }

    @Override
    void update(Options options, Commands commands) throws Exception {
        Server server = listen(WRITE_BUFFER, READ_BUFFER, (from, packet) -> {});
        while (true) {
            server.update(WAIT_MILLIS); // a client is not connected before it has heard from the server
            String word = commands.poll();
            if (word != null && word.equals("measure")) {
                UpdateCost.measure(() -> server.update(0), UPDATES).print();
            } else if (word != null) {
                Commands.answer(word);
            }
        }
    }

    @Override
    void ping(Options options, Commands commands) throws Exception {
        checkBlocking(options);
        KryoNetPacket packet = KryoNetPacket.of(Payload.of(options.size(64)));
        RoundTrips trips = new RoundTrips(options);
        CompletableFuture<Line> result = new CompletableFuture<>();
        connect(options, Math.max(READ_BUFFER, 2 * packet.size), new Listener() {

            @Override
            public void connected(Connection server) {
                trips.start();
                server.sendTCP(packet);
            }

            @Override
            public void received(Connection server, Object object) {
                if (object instanceof KryoNetPacket echo) {
                    if (echo.size != packet.size) {
                        Main.fail(new Failure("an echo has " + echo.size + " bytes instead of " + packet.size));
                    } else if (trips.next()) {
                        server.sendTCP(packet);
                    } else {
                        result.complete(trips.result());
                    }
                }
            }
        });
        result.get().print();
    }

    @Override
    void stream(Options options, Commands commands) throws Exception {
        checkBlocking(options);
        KryoNetPacket packet = KryoNetPacket.of(Payload.of(options.size(64)));
        int full = STREAM_BUFFER - packet.size - KryoNetSerialization.KIND - KryoNetSerialization.LENGTH;
        connect(options, STREAM_BUFFER, new Listener() {

            @Override
            public void connected(Connection server) {
                Line.event("started").print();
                idle(server);
            }

            // KryoNet says so whenever its buffer is almost empty. What does not fit it would end
            // the connection.
            @Override
            public void idle(Connection server) {
                while (server.isConnected() && server.getTcpWriteBufferSize() <= full) {
                    server.sendTCP(packet);
                }
            }
        });
        while (true) {
            Commands.answer(commands.take());
        }
    }

    private static void checkBlocking(Options options) throws Unavailable {
        if (options.mode() == Mode.POLLED) {
            throw new Unavailable("KryoNet's update(0) sleeps 25 ms whenever it has found nothing 100 times in a row");
        }
    }

    private static Server listen(int writeBuffer, int readBuffer, Program program) throws IOException {
        Server server = new Guests(writeBuffer, readBuffer);
        server.addListener(new Listener() {

            // A connection that says nothing for 12 s is ended otherwise, and a load that is not
            // KryoNet has no keep-alives.
            @Override
            public void connected(Connection connection) {
                connection.setTimeout(0);
            }

            @Override
            public void received(Connection connection, Object object) {
                if (object instanceof KryoNetPacket packet) {
                    program.onPacket((Guest) connection, packet);
                }
            }
        });
        int port = freePort();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), null);
        Line.event("ready").with("port", port).print();
        return server;
    }

    // KryoNet does not tell which port the system has chosen.
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void connect(Options options, int buffer, Listener listener) throws IOException {
        Client client = new Client(buffer, buffer, new KryoNetSerialization());
        client.addListener(listener);
        client.addListener(new Listener() {
            @Override
            public void disconnected(Connection server) {
                Main.fail(new Failure("the server has closed the connection"));
            }
        });
        client.start();
        client.connect(CONNECT_MILLIS, InetAddress.getLoopbackAddress(), options.port());
    }
}
