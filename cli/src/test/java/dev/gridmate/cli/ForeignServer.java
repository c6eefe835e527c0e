package dev.gridmate.cli;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/** A server that is not this program's, and answers as it is told to. */
final class ForeignServer implements AutoCloseable {

    /**
     * Returns what to send for a packet on a connection, which are numbered from 0; null for
     * nothing.
     */
    interface Answer {
        byte[] to(int connection, byte[] packet);
    }

    private final ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Void> serving;

    ForeignServer(Answer answer) throws IOException {
        serving = CompletableFuture.runAsync(() -> serve(answer));
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void serve(Answer answer) {
        for (int connection = 0; !server.isClosed(); connection++) {
            try (Socket client = server.accept()) {
                var in = new DataInputStream(client.getInputStream());
                var out = new DataOutputStream(client.getOutputStream());
                while (true) {
                    byte[] packet = in.readNBytes(in.readUnsignedShort());
                    byte[] back = answer.to(connection, packet);
                    if (back != null) {
                        out.writeShort(back.length);
                        out.write(back);
                    }
                }
            } catch (IOException e) {
                // the client is done, or this server is
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        serving.join();
    }
}
