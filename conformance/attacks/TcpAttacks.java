import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Attacks on a server over TCP, with and without TLS. */
final class TcpAttacks implements AutoCloseable {

    private final InetSocketAddress server;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final SSLContext tls;

    TcpAttacks(InetSocketAddress server) {
        this.server = server;
        this.tls = trustingAnybody();
    }

    /** Connections that say nothing, as many as the server lets in. They stay. */
    void silentConnections(Meter meter) {
        while (!meter.isOver()) {
            try {
                SocketChannel channel = SocketChannel.open(server);
                open.add(channel);
            } catch (IOException refused) {
                // counted all the same: a packet went out
            }
            meter.sent(60);
        }
    }

    /** Peers that send the smallest packets there are, as many as they can. */
    void smallPackets(Meter meter) throws IOException {
        ByteBuffer packets = ByteBuffer.allocate(400 * 3);
        while (packets.hasRemaining()) {
            packets.putShort((short) 1).put((byte) 7);
        }
        SocketChannel channel = SocketChannel.open(server);
        open.add(channel);
        Thread reader = reading(channel, meter);
        while (!meter.isOver()) {
            write(channel, packets.clear());
            meter.sent(packets.capacity());
        }
        reader.interrupt();
    }

    /** The same, with TLS: a record for each. */
    void smallRecords(Meter meter) throws IOException {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        open.add(socket);
        socket.setTcpNoDelay(true);
        SSLSocket secure = secure(socket);
        secure.startHandshake();
        OutputStream out = secure.getOutputStream();
        byte[] echo = new byte[4_096];
        while (!meter.isOver()) {
            out.write(new byte[] {0, 1, 7});
            meter.sent(25);
            while (secure.getInputStream().available() > 0) {
                meter.received(secure.getInputStream().read(echo));
            }
        }
    }

    /** A carrier's peer, which has connected, and sends a frame with an acknowledgement of nothing new again and again. */
    void carrierAcknowledgements(Meter meter) throws IOException {
        SocketChannel channel = SocketChannel.open(server);
        open.add(channel);
        write(channel, frame(CarrierBytes.datagram(2).request().bytes()));
        ByteBuffer answer = ByteBuffer.allocate(64);
        while (answer.position() < 4) {
            channel.read(answer);
        }
        int first = answer.getShort(2) & 0xffff;
        Thread reader = reading(channel, meter);
        ByteBuffer frames = ByteBuffer.allocate(2_048);
        for (int number = 3; !meter.isOver(); ) {
            frames.clear();
            for (int i = 0; i < 50; i++, number++) {
                frames.put(frame(CarrierBytes.datagram(number & 0xffff).acks(number & 0xffff, first, first).bytes()));
            }
            write(channel, frames.flip());
            meter.sent(frames.limit());
        }
        reader.interrupt();
    }

    private static ByteBuffer frame(byte[] datagram) {
        return ByteBuffer.allocate(2 + datagram.length).putShort((short) datagram.length).put(datagram).flip();
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static Thread reading(SocketChannel channel, Meter meter) {
        Thread reader = new Thread(() -> {
            ByteBuffer into = ByteBuffer.allocateDirect(65_536);
            try {
                for (int read = channel.read(into); read >= 0; read = channel.read(into.clear())) {
                    meter.received(read);
                }
            } catch (IOException over) {
                // the attack is over
            }
        }, "reader");
        reader.setDaemon(true);
        reader.start();
        return reader;
    }

    /** Connections that begin a handshake and then say nothing. */
    void helloAndSilence(Meter meter) {
        byte[] beginning = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252, 3, 3};
        while (!meter.isOver()) {
            try {
                SocketChannel channel = SocketChannel.open(server);
                open.add(channel);
                channel.write(ByteBuffer.wrap(beginning));
            } catch (IOException refused) {
                // as above
            }
            meter.sent(60 + beginning.length);
        }
    }

    /** Peers that make their handshake, send the first byte of a record, and then say nothing. */
    void oneByteOfARecord(Meter meter) {
        while (!meter.isOver()) {
            try {
                Socket socket = new Socket(server.getAddress(), server.getPort());
                open.add(socket);
                SSLSocket secure = secure(socket);
                secure.startHandshake();
                socket.getOutputStream().write(23);
            } catch (IOException refused) {
                // as above
            }
            meter.sent(600);
        }
    }

    /** One peer that changes its key again and again. */
    void keyUpdates(Meter meter) throws IOException {
        Socket socket = new Socket(server.getAddress(), server.getPort());
        open.add(socket);
        socket.setTcpNoDelay(true);
        SSLSocket secure = secure(socket);
        secure.startHandshake();
        secure.getSession();
        OutputStream out = secure.getOutputStream();
        out.write(new byte[] {0, 1, 7});
        int ended = 0;
        while (!meter.isOver()) {
            try {
                secure.startHandshake(); // with TLS 1.3: a KeyUpdate of 27 bytes
            } catch (IOException gone) { // the server has had enough: once more from the beginning
                ended++;
                socket = new Socket(server.getAddress(), server.getPort());
                open.add(socket);
                secure = secure(socket);
                secure.startHandshake();
                meter.sent(600);
            }
            meter.sent(27);
        }
    }

    private SSLSocket secure(Socket socket) throws IOException {
        return (SSLSocket) tls.getSocketFactory().createSocket(socket, "127.0.0.1", server.getPort(), false);
    }

    private static SSLContext trustingAnybody() {
        TrustManager anybody = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {anybody}, null);
            return context;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                // it is gone already
            }
        }
    }
}
