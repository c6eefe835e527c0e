package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EchoCommandTest {

    @Test
    void saysWhereItListensAndAtTheEndWhatItCounted() {
        Program echo = Program.echo();

        assertThat(echo.address()).matches("127\\.0\\.0\\.1:[1-9]\\d*");
        Program.Result result = echo.stop();

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).hasSize(2);
        String counters = result.out().lines().skip(1).findFirst().orElseThrow();
        assertThat(counters).matches("[a-z_]+=\\d+( [a-z_]+=\\d+)*");
        Stream.of(
                        "connections_accepted",
                        "connections_rejected",
                        "disconnects",
                        "packets_in",
                        "packets_out",
                        "bytes_in",
                        "bytes_out",
                        "protocol_errors",
                        "slow_consumers")
                .forEach(name -> assertThat(" " + counters).contains(" " + name + "=0"));
    }

    @Test
    void writesAnIpv6AddressInBrackets() {
        try (Program echo = Program.echo("--bind", "::1")) {
            assertThat(echo.address()).matches("\\[::1]:[1-9]\\d*");
            Program.Result sent = Program.run("send", echo.address(), "--count", "100");
            assertThat(sent.out()).startsWith("sent=100 received=100 mismatched=0");
        }
    }

    @Test
    void stopsByItselfAtTheTimeLimit() {
        Program.Result result = Program.run("echo", "--port", "0", "--seconds", "0.05", "--json");

        assertThat(result.status()).isZero();
        assertThat(result.out().lines().skip(1).findFirst().orElseThrow())
                .matches("\\{\"[a-z_]+\":\\d+(,\"[a-z_]+\":\\d+)*}")
                .contains("\"packets_in\":0");
    }

    @Test
    void answersAForeignClientThatEndsWithAFinBeforeItReads() throws IOException {
        Program echo = Program.echo();
        try (Socket socket = connect(echo.address())) {
            byte[] frames = new byte[2000 * 3];
            for (int i = 0; i < frames.length; i += 3) {
                frames[i + 1] = 1;
                frames[i + 2] = (byte) i;
            }
            socket.getOutputStream().write(frames);
            socket.shutdownOutput();

            assertThat(new DataInputStream(socket.getInputStream()).readAllBytes())
                    .isEqualTo(frames);
        }
        assertThat(echo.stop().out())
                .contains("connections_accepted=1 ")
                .contains(" disconnects=1 ")
                .contains(" packets_in=2000 packets_out=2000 bytes_in=6000 bytes_out=6000 ");
    }

    @Test
    void saysWhyItEndedABadPeerAndGoesOn() throws IOException {
        Program echo = Program.echo("--max-packet", "100");
        try (Socket socket = connect(echo.address())) {
            socket.getOutputStream().write(new byte[] {0, 0});
            assertThat(echo.awaitError("disconnected ")).contains("PROTOCOL_ERROR");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(Program.run("send", echo.address(), "--count", "10").status())
                .isZero();
        assertThat(echo.stop().out()).contains(" protocol_errors=1 ");
    }

    @Test
    void tellsOfEveryConnectionWhenAsked() {
        Program echo = Program.echo("--verbose");
        assertThat(Program.run("send", echo.address(), "--count", "1").status()).isZero();
        assertThat(echo.stop().err())
                .containsPattern("connected 127\\.0\\.0\\.1:\\d+\\R")
                .containsPattern("disconnected 127\\.0\\.0\\.1:\\d+ REMOTE_CLOSED");
    }

    @Test
    void closesItsConnectionsInOrderWhenStopped() throws IOException {
        Program echo = Program.echo();
        try (Socket socket = connect(echo.address())) {
            socket.getOutputStream().write(new byte[] {0, 1, 42});
            assertThat(socket.getInputStream().readNBytes(3)).containsExactly(0, 1, 42);
            Thread stopping = new Thread(echo::stop);
            stopping.start();
            assertThat(socket.getInputStream().read()).isEqualTo(-1); // a FIN, no reset
        }
        assertThat(echo.await().out()).contains(" disconnects=1 ").contains(" timeouts=0 ");
    }

    @Test
    void portInUseIsOneLineThatSaysWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Program.Result result = Program.run("echo", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(result.status()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines()).hasSize(1);
            assertThat(result.err().toLowerCase(Locale.ROOT))
                    .contains("127.0.0.1:" + taken.getLocalPort(), "in use", "--port");
        }
    }

    @Test
    void anUnknownBindAddressIsOneLine() {
        Program.Result result = Program.run("echo", "--port", "0", "--bind", "no-such-host.invalid");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("no-such-host.invalid", "IP address");
    }

    @Test
    void aSignalEndsItInOrderWithStatusZero() throws Exception {
        Process process = RealProgram.start("echo", "--port", "0");
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).startsWith("listening on 127.0.0.1:");
            process.toHandle().destroy(); // as against Process.destroy, leaves the pipe to be read

            assertThat(output.readLine()).startsWith("connections_accepted=0 ");
            assertThat(output.readLine()).isNull();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(RealProgram.said(process)).isEmpty();
    }

    @Test
    void aSignalDoesNotCutOffARecordingOfTheFlightRecorder(@TempDir Path folder) throws Exception {
        Path recording = folder.resolve("echo.jfr");
        Process process =
                RealProgram.start(List.of("-XX:StartFlightRecording:filename=" + recording), "echo", "--port", "0");
        try (var output = process.inputReader()) {
            String line = output.readLine();
            while (!line.startsWith("listening on ")) { // what the recorder says first
                line = output.readLine();
            }
            process.toHandle().destroy();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(recording).isNotEmptyFile();
    }

    private static Socket connect(String address) throws IOException {
        HostPort at = HostPort.parse(address);
        return new Socket(at.host(), at.port());
    }
}
