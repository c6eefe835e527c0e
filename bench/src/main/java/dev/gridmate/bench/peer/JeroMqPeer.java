package dev.gridmate.bench.peer;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import zmq.Msg;

/**
 * JeroMQ: its own thread talks to the network, and messages pass between it and the program through
 * queues, bounded by the high-water mark, 1,000 messages by default. It sets {@code TCP_NODELAY}
 * itself.
 */
final class JeroMqPeer extends Peer {

    // The system cuts this down to its own maximum.
    private static final int BACKLOG = 4096;

    // Nothing but a message ends the wait of a socket: a command waits so long when nobody sends.
    private static final int WAIT_MILLIS = 10;

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final ZContext context = new ZContext(1);

    // Messages as JeroMQ has them: to go from one queue to the other they need not be copied, nor
    // made anew.
    @Override
    void echo(Options options, Commands commands) throws Unavailable {
        Tally tally = Tally.ofEchoes();
        ZMQ.Socket socket = listen(SocketType.ROUTER, options);
        while (true) {
            Msg from = receive(socket);
            if (from != null) {
                Msg packet = socket.base().recv(0); // a message of several parts arrives whole
                tally.count(packet.size());
                socket.base().send(from, ZMQ.SNDMORE);
                socket.base().send(packet, 0);
            }
            commands.answerWith(tally);
        }
    }

    // A DEALER, since a ROUTER says with each packet who has sent it, and nobody asks.
    @Override
    void sink(Options options, Commands commands) throws Unavailable {
        Tally tally = Tally.ofTouched();
        ZMQ.Socket socket = listen(SocketType.DEALER, options);
        while (true) {
            Msg packet = receive(socket);
            if (packet != null) {
                int size = packet.size();
                tally.count(size, packet.get(0), packet.get(size - 1));
            }
            commands.answerWith(tally);
        }
    }

    @Override
    void tick(Options options, Commands commands) throws Unavailable {
        TickTimer timer = new TickTimer(options.hz(), true);
        int size = options.size(200);
        byte[] payload = Payload.of(size);
        Map<Integer, byte[]> peers = new LinkedHashMap<>();
        ZMQ.Socket socket = listen(SocketType.ROUTER, options);
        ZMQ.Poller poller = context.createPoller(1);
        poller.register(socket, ZMQ.Poller.POLLIN);
        while (true) {
            for (Msg from = receiveNow(socket); from != null; from = receiveNow(socket)) {
                Msg unused = socket.base().recv(0);
                peers.put(number(from), from.data());
            }
            commands.answerWith(timer);
            if (!timer.isStarted() && peers.size() >= options.connections()) {
                timer.start();
            }
            long untilDue = timer.untilDue();
            if (untilDue <= 0) {
                timer.begin();
                byte number = 0;
                for (byte[] peer : peers.values()) {
                    Msg packet = new Msg(size); // each is another's, and is sent later
                    packet.put(number++).put(payload, 1, size - 1);
                    socket.base().send(new Msg(peer), ZMQ.SNDMORE);
                    socket.base().send(packet, 0);
                }
                timer.end();
            } else {
                waitFor(poller, untilDue);
            }
        }
    }

    private static void waitFor(ZMQ.Poller poller, long nanos) {
        if (nanos >= MILLISECOND) {
            poller.poll(Math.min(WAIT_MILLIS, nanos / MILLISECOND));
        } else {
            LockSupport.parkNanos(nanos); // a tick that is to be in time sleeps through the rest
        }
    }

    @Override
    void burst(Options options, Commands commands) throws InterruptedException, Unavailable {
        BurstTimer timer = new BurstTimer(options, true);
        Map<Integer, BurstTimer.Turn> turns = new HashMap<>();
        ZMQ.Socket socket = listen(SocketType.ROUTER, options);
        while (true) {
            Msg from = receive(socket);
            if (from != null) {
                Msg unused = socket.base().recv(0);
                timer.handle(turns.computeIfAbsent(number(from), key -> new BurstTimer.Turn()));
            }
            String word = commands.poll();
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
    void update(Options options, Commands commands) throws Unavailable {
        throw new Unavailable("JeroMQ's own thread does its network work, the program calls no loop");
    }

    @Override
    void ping(Options options, Commands commands) throws Unavailable {
        byte[] packet = Payload.of(options.size(64));
        RoundTrips trips = new RoundTrips(options);
        ZMQ.Socket socket = connect(options);
        trips.start();
        do {
            socket.send(packet);
            Msg echo = null;
            while (echo == null) {
                echo = receive(socket);
            }
            if (echo.size() != packet.length) {
                throw new Failure("an echo has " + echo.size() + " bytes instead of " + packet.length);
            }
        } while (trips.next());
        trips.result().print();
    }

    // The socket waits when as many messages are waiting as its high-water mark says.
    @Override
    void stream(Options options, Commands commands) throws Unavailable {
        byte[] packet = Payload.of(options.size(64));
        ZMQ.Socket socket = connect(options);
        Line.event("started").print();
        while (true) {
            boolean unused = socket.send(packet);
        }
    }

    private static void checkBlocking(Options options) throws Unavailable {
        if (options.mode() == Mode.POLLED) {
            throw new Unavailable(
                    "a program that polls would keep JeroMQ's own thread, which shares its core, from the network");
        }
    }

    private ZMQ.Socket listen(SocketType type, Options options) throws Unavailable {
        checkBlocking(options);
        ZMQ.Socket socket = context.createSocket(type);
        socket.setBacklog(BACKLOG);
        socket.setReceiveTimeOut(WAIT_MILLIS);
        if (!socket.bind("tcp://127.0.0.1:*")) {
            throw new Failure("cannot listen: error " + socket.errno());
        }
        String endpoint = socket.getLastEndpoint();
        long port = Long.parseLong(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        Line.event("ready").with("port", port).print();
        return socket;
    }

    private ZMQ.Socket connect(Options options) throws Unavailable {
        checkBlocking(options);
        ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
        socket.connect("tcp://127.0.0.1:" + options.port());
        return socket;
    }

    /** Returns what is there or comes within the socket's time; null if nothing does. */
    private static @Nullable Msg receive(ZMQ.Socket socket) {
        return socket.base().recv(0);
    }

    private static @Nullable Msg receiveNow(ZMQ.Socket socket) {
        return socket.base().recv(ZMQ.DONTWAIT);
    }

    /** A ROUTER calls each peer by a zero byte and a number of its own. */
    private static int number(Msg identity) {
        return identity.getInt(1);
    }
}
