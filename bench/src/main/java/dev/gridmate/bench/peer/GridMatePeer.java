package dev.gridmate.bench.peer;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DisconnectReason;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SlowConsumerPolicy;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.StreamSocketDriverEvents;
import dev.gridmate.driver.TlsConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/**
 * This project's driver, used as its README says: {@code update}, {@code receive}, and wait or not.
 */
final class GridMatePeer extends Peer {

    // As many as there can be descriptors. It is a bound, not a reservation.
    private static final int MAX_CONNECTIONS = 20_000;

    // The system cuts this down to its own maximum.
    private static final int BACKLOG = 4096;

    // So many that a turn's fixed cost does not show, so few that everybody's reads come soon.
    private static final int PACKETS_PER_TURN = 4096;

    // Data, deadlines and commands end a wait, so that its length does not matter.
    private static final Duration WAIT = Duration.ofSeconds(1);

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final GridMate gridMate = new GridMate();
    private final StreamSocketDriver driver;

    GridMatePeer() {
        driver = new StreamSocketDriver(gridMate, config().build());
    }

    GridMatePeer(SSLContext tls) {
        TlsConfig secure =
                TlsConfig.builder().sslContext(tls).skipHostNameCheck().build();
        driver = new StreamSocketDriver(gridMate, config().tls(secure).build());
    }

    private static StreamSocketDriverConfig.Builder config() {
        return StreamSocketDriverConfig.builder()
                .maxConnections(MAX_CONNECTIONS)
                .maxConnectionsPerRemoteIp(0) // all peers are on one machine
                .connectsPerSecondPerRemoteIp(0)
                // For the stream, which has to be held back; the others never fill a buffer.
                .slowConsumerPolicy(SlowConsumerPolicy.REJECT);
    }

    /**
     * What a program keeps about its connections, if it has to address them or to tell them apart.
     */
    private static final class Guests implements StreamSocketDriverEvents {

        private final List<SocketDriverAddress> addresses = new ArrayList<>();
        private final IdentityHashMap<SocketDriverAddress, BurstTimer.Turn> turns = new IdentityHashMap<>();

        @Override
        public void onConnectionEstablished(SocketDriverAddress address) {
            addresses.add(address);
            turns.put(address, new BurstTimer.Turn());
        }

        @Override
        public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
            addresses.remove(address);
            turns.remove(address);
        }

        BurstTimer.Turn turn(SocketDriverAddress from) {
            BurstTimer.Turn turn = turns.get(from);
            if (turn == null) {
                throw new IllegalStateException("a packet of a connection that was not announced: " + from);
            }
            return turn;
        }
    }

    @Override
    void echo(Options options, Commands commands) {
        Tally tally = Tally.ofEchoes();
        listen(commands);
        while (true) {
            driver.update();
            int packets = driver.receive(
                    (from, packet) -> {
                        tally.count(packet.remaining());
                        ResultCode unused =
                                driver.send(from, packet); // a peer that does not take its echoes loses them
                    },
                    PACKETS_PER_TURN);
            commands.answerWith(tally);
            if (options.mode() == Mode.BLOCKING) {
                waitForData(WAIT); // it writes what is waiting to be sent first
            } else if (packets > 0) {
                driver.flush();
            }
        }
    }

    @Override
    void sink(Options options, Commands commands) {
        Tally tally = Tally.ofTouched();
        listen(commands);
        while (true) {
            driver.update();
            driver.receive(
                    (from, packet) -> {
                        int size = packet.remaining();
                        tally.count(size, packet.get(packet.position()), packet.get(packet.limit() - 1));
                    },
                    PACKETS_PER_TURN);
            commands.answerWith(tally);
            if (options.mode() == Mode.BLOCKING) {
                waitForData(WAIT);
            }
        }
    }

    @Override
    void tick(Options options, Commands commands) {
        TickTimer timer = new TickTimer(options.hz(), false);
        ByteBuffer packet = ByteBuffer.wrap(Payload.of(options.size(200)));
        List<SocketDriverAddress> peers = guests().addresses;
        listen(commands);
        while (true) {
            driver.update();
            driver.receive((from, ignored) -> {}, PACKETS_PER_TURN);
            commands.answerWith(timer);
            if (!timer.isStarted() && peers.size() >= options.connections()) {
                timer.start();
            }
            long untilDue = timer.untilDue();
            if (untilDue <= 0) {
                timer.begin();
                for (int i = 0; i < peers.size(); i++) {
                    ResultCode unused = driver.send(peers.get(i), packet.put(0, (byte) i));
                }
                driver.flush();
                timer.end();
            } else if (options.mode() == Mode.BLOCKING) {
                waitFor(untilDue);
            }
        }
    }

    // The driver waits for whole milliseconds. A tick that is to be in time sleeps through the
    // rest.
    private void waitFor(long nanos) {
        if (nanos >= MILLISECOND) {
            waitForData(Duration.ofMillis(nanos / MILLISECOND));
        } else {
            LockSupport.parkNanos(nanos);
        }
    }

    @Override
    void burst(Options options, Commands commands) throws InterruptedException {
        BurstTimer timer = new BurstTimer(options, false);
        Guests guests = guests();
        listen(commands);
        while (true) {
            driver.update();
            driver.receive((from, packet) -> timer.handle(guests.turn(from)), PACKETS_PER_TURN);
            String word = guests.addresses.size() >= timer.connections() ? commands.poll() : null;
            if (word != null && word.equals("pause")) {
                Line.event("paused").print();
                commands.await("go");
                timer.go();
                continue;
            } else if (word != null) {
                Commands.answer(word);
            }
            if (options.mode() == Mode.BLOCKING) {
                waitForData(WAIT);
            }
        }
    }

    @Override
    void update(Options options, Commands commands) throws Exception {
        listen(commands);
        while (true) {
            UpdateCost.answer(commands.take(), driver::update);
        }
    }

    @Override
    void ping(Options options, Commands commands) {
        Mode mode = options.mode();
        RoundTrips trips = new RoundTrips(options);
        ByteBuffer packet = ByteBuffer.allocateDirect(options.size(64))
                .put(Payload.of(options.size(64)))
                .flip();
        SocketDriverAddress server = connect(options);
        trips.start();
        send(server, packet);
        boolean[] again = {true};
        while (again[0]) {
            if (mode == Mode.BLOCKING) {
                waitForData(WAIT);
            }
            driver.update();
            int packets = driver.receive(
                    (from, echo) -> {
                        checkSize(echo.remaining(), packet.remaining());
                        again[0] = trips.next();
                        send(from, packet);
                    },
                    1);
            if (packets > 0 && mode == Mode.POLLED) {
                driver.flush();
            } else if (packets == 0) {
                checkConnected(server);
            }
        }
        trips.result().print();
    }

    private void send(SocketDriverAddress to, ByteBuffer packet) {
        ResultCode code = driver.send(to, packet);
        if (code != ResultCode.OK) {
            throw new Failure("sending failed: " + code);
        }
    }

    @Override
    void stream(Options options, Commands commands) {
        ByteBuffer packet = ByteBuffer.allocateDirect(options.size(64))
                .put(Payload.of(options.size(64)))
                .flip();
        SocketDriverAddress server = connect(options);
        Line.event("started").print();
        while (true) {
            // A send that finds the buffer full writes it to the system, and is refused if that
            // takes nothing more.
            ResultCode code = ResultCode.OK;
            while (code == ResultCode.OK) {
                code = driver.send(server, packet);
            }
            if (code != ResultCode.SEND_BUFFER_FULL) {
                throw new Failure("sending failed: " + code);
            }
            driver.update();
            if (options.mode() == Mode.BLOCKING) {
                waitForData(WAIT); // room again ends it too
            }
        }
    }

    private Guests guests() {
        Guests guests = new Guests();
        gridMate.eventBus(StreamSocketDriverEvents.class).connect(guests);
        return guests;
    }

    private void listen(Commands commands) {
        ResultCode code = driver.initialize(AddressFamily.IPV4, "127.0.0.1", 0);
        if (code == ResultCode.OK) {
            code = driver.startListen(BACKLOG);
        }
        if (code != ResultCode.OK) {
            throw new Failure("cannot listen: " + driver.lastError());
        }
        Line.event("ready").with("port", driver.port()).print();
        commands.wakeWith(driver::stopWaitForData);
    }

    private SocketDriverAddress connect(Options options) {
        ResultCode code = driver.initialize(AddressFamily.IPV4);
        if (code != ResultCode.OK) {
            throw new Failure("cannot connect: " + driver.lastError());
        }
        SocketDriverAddress server =
                driver.createDriverAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()));
        code = driver.connectTo(server);
        while (code == ResultCode.OK && !driver.isConnectedTo(server)) {
            waitForData(WAIT);
            if (driver.update() > 0 && !driver.isConnectedTo(server)) {
                code = ResultCode.SOCKET_CONNECT;
            }
        }
        if (code != ResultCode.OK) {
            throw new Failure("cannot connect to port " + options.port() + ": " + code + " " + driver.lastError());
        }
        return server;
    }

    private void checkConnected(SocketDriverAddress server) {
        if (!driver.isConnectedTo(server)) {
            throw new Failure("the server has closed the connection");
        }
    }

    private static void checkSize(int size, int expected) {
        if (size != expected) {
            throw new Failure("an echo has " + size + " bytes instead of " + expected);
        }
    }

    private void waitForData(Duration most) {
        boolean unused = driver.waitForData(most);
    }
}
