package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A client that sends what it likes, and reads when it likes. */
final class Raw implements AutoCloseable {

    private final Socket socket;

    Raw(int port) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(1_024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** {@return the whole answer to a request without body} */
    static String ask(int port, String method, String path, String... headers) throws IOException {
        try (Raw client = new Raw(port)) {
            client.send(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n"
                    + Stream.of(headers).map(each -> each + "\r\n").collect(Collectors.joining())
                    + "\r\n");
            return client.rest();
        }
    }

    Raw send(String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return this;
    }

    /** {@return all that comes, until the server closes, in order or with a reset} */
    String rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(rest);
        } catch (SocketException e) {
            assertThat(e).hasMessage("Connection reset");
        }
        return rest.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
