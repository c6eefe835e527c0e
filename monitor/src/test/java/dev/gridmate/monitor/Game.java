package dev.gridmate.monitor;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.snapshot.Visibility;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;

/** An echo server with a loop of its own, and players that are plain sockets. */
final class Game {

    private final GridMate gridMate = new GridMate();
    private final StreamSocketDriver server;
    private final int port;
    private final Loop loop;
    private final Deque<Socket> players = new ArrayDeque<>();

    Game() {
        this("");
    }

    /** @param name under which views show the server */
    Game(String name) {
        server = new StreamSocketDriver(
                gridMate,
                StreamSocketDriverConfig.builder()
                        .maxConnections(2_000)
                        .visibility(Visibility.named(name).unlogged())
                        .outboundBufferSize(16 << 20)
                        .build());
        check(server.initialize(AddressFamily.IPV4, "127.0.0.1", 0, false, 0, 16_384));
        check(server.startListen(100));
        port = server.port();
        loop = new Loop(server);
    }

    private static void check(ResultCode code) {
        if (code != ResultCode.OK) {
            throw new AssertionError(code);
        }
    }

    StreamSocketDriver server() {
        return server;
    }

    Loop loop() {
        return loop;
    }

    /** More players come; returns when the server has told the program of all. */
    void connect(int count) throws IOException, InterruptedException {
        for (int i = 0; i < count; i++) {
            Socket player = new Socket();
            player.setReceiveBufferSize(16_384); // the system holds little, so that much waits in the server
            player.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            players.add(player);
        }
        await(DriverCounter.CONNECTIONS_ESTABLISHED, players.size());
    }

    /** The player that came last sends packets, and reads no answer. */
    void fallAsleep(int packets, int size) throws IOException, InterruptedException {
        OutputStream out = players.getLast().getOutputStream();
        byte[] frame = new byte[2 + size];
        frame[0] = (byte) (size >> 8);
        frame[1] = (byte) size;
        for (int i = 0; i < packets; i++) {
            out.write(frame);
        }
        await(DriverCounter.PACKETS_IN, packets);
    }

    /** The player that came first leaves. */
    void leave() throws IOException, InterruptedException {
        players.removeFirst().close();
        await(DriverCounter.DISCONNECTS, 1);
    }

    void stopListening() throws InterruptedException {
        loop.run(() -> check(server.stopListen()));
    }

    private void await(DriverCounter counter, long atLeast) throws InterruptedException {
        loop.until(() -> server.counter(counter) >= atLeast);
    }

    void close() throws IOException, InterruptedException {
        for (Socket each : players) {
            each.close();
        }
        loop.close();
        server.close();
        gridMate.close();
    }
}
