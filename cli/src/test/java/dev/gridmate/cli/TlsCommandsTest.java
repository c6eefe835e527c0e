package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsCommandsTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeCertificates() {
        Program.Result made = Program.run("dev-cert", folder.resolve("certs").toString(), "--host", "game.example");
        assertThat(made.status()).isZero();
        assertThat(made.out())
                .contains("for localhost, 127.0.0.1, ::1, game.example")
                .contains("--tls-ca");
    }

    private static String file(String name) {
        return folder.resolve("certs").resolve(name).toString();
    }

    private static Program echo(String... more) {
        List<String> args =
                new ArrayList<>(List.of("--tls-cert", file("server.pem"), "--tls-key", file("server-key.pem")));
        args.addAll(List.of(more));
        return Program.echo(args.toArray(new String[0]));
    }

    private static Program.Result send(Program server, String... more) {
        List<String> args = new ArrayList<>(List.of("send", server.address(), "--count", "100", "--tls"));
        args.addAll(List.of(more));
        return Program.run(args.toArray(new String[0]));
    }

    @Test
    void packetsComeBackThroughTlsAndItSaysWhatWasAgreedOn() {
        try (Program server = echo()) {
            Program.Result sent = send(server, "--tls-ca", file("ca.pem"));
            assertThat(sent.status()).isZero();
            assertThat(sent.out()).startsWith("sent=100 received=100 mismatched=0");
            assertThat(sent.err()).startsWith("TLS: TLSv1.3 TLS_").contains("the peer is CN=localhost");
            Program.Result talked =
                    Program.runWith("hello\n", "connect", server.address(), "--tls", "--tls-ca", file("ca.pem"));
            assertThat(talked.out()).isEqualTo("hello\n");
            assertThat(talked.err()).contains("TLS: TLSv1.3");
            assertThat(send(server, "--tls-ca", file("ca.pem"), "--tls-server-name", "game.example")
                            .status())
                    .isZero();
        }
    }

    @Test
    void benchMeasuresWithTlsAndSaysSo() {
        try (Program server = echo()) {
            Program.Result measured = Program.run(
                    "bench",
                    server.address(),
                    "--workload",
                    "ping-pong",
                    "--seconds",
                    "0.1",
                    "--warmup",
                    "0.05",
                    "--json",
                    "--tls",
                    "--tls-ca",
                    file("ca.pem"));
            assertThat(measured.err()).doesNotContain("cannot");
            assertThat(measured.out()).contains("\"tls\":true").contains("ping_pong");
        }
    }

    @Test
    void aServerWhichIsNotTheOneIsRefusedAndTheServerSaysSoToo() {
        try (Program server = echo()) {
            Program.Result unknown = send(server);
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.err())
                    .contains("signed by nobody who is trusted here")
                    .contains("--tls-ca");
            assertThat(server.awaitError("TLS: ")).contains("it does not trust this side's certificate");
            Program.Result other = send(server, "--tls-ca", file("ca.pem"), "--tls-server-name", "other.example");
            assertThat(other.status()).isEqualTo(1);
            assertThat(other.err()).contains("for another name").contains("other.example");
            Program.Result insecure = send(server, "--tls-insecure");
            assertThat(insecure.status()).isZero();
            assertThat(insecure.err()).startsWith("warning: --tls-insecure");
        }
    }

    @Test
    void aServerThatAsksWhoItsClientsAreRefusesThoseWhoDoNotSay() {
        try (Program server = echo("--tls-require-client-cert", "--tls-ca", file("ca.pem"))) {
            assertThat(send(server, "--tls-ca", file("ca.pem")).status()).isEqualTo(1);
            assertThat(server.awaitError("TLS: ")).contains("showed no certificate, and one is required");
            assertThat(send(
                                    server,
                                    "--tls-ca",
                                    file("ca.pem"),
                                    "--tls-cert",
                                    file("client.pem"),
                                    "--tls-key",
                                    file("client-key.pem"))
                            .status())
                    .isZero();
        }
    }

    @Test
    void aPlainClientIsToldFromOneInTls() {
        try (Program server = echo()) {
            Program.Result plain = Program.run("send", server.address(), "--count", "10");
            assertThat(plain.status()).isEqualTo(1);
            assertThat(server.awaitError("TLS: ")).contains("does not speak TLS: it begins with 00 40");
        }
    }

    @Test
    void theCompatibleProfileTakesRsa() {
        String rsa = folder.resolve("rsa").toString();
        assertThat(Program.run("dev-cert", rsa, "--rsa", "--days", "1").status())
                .isZero();
        try (Program server = Program.echo(
                "--tls-cert",
                rsa + "/server.pem",
                "--tls-key",
                rsa + "/server-key.pem",
                "--tls-profile",
                "compatible")) {
            Program.Result sent = send(server, "--tls-ca", rsa + "/ca.pem");
            assertThat(sent.status()).isZero();
            assertThat(sent.err()).contains("TLSv1.2 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        }
    }

    @Test
    void whatIsWrongWithAFileIsSaidWithTheOptionThatNamedIt() {
        says(
                1,
                "--tls-key " + file("client-key.pem") + " is not the key of",
                "echo",
                "--tls-cert",
                file("server.pem"),
                "--tls-key",
                file("client-key.pem"));
        says(
                1,
                "--tls-cert " + file("ca-key.pem") + " has no certificate",
                "echo",
                "--tls-cert",
                file("ca-key.pem"),
                "--tls-key",
                file("ca-key.pem"));
        says(
                1,
                "--tls-ca " + file("none.pem") + " does not exist",
                "send",
                "127.0.0.1:1",
                "--tls",
                "--tls-ca",
                file("none.pem"));
        says(
                1,
                "--tls-ca " + folder + " cannot be read: it is a directory",
                "connect",
                "127.0.0.1:1",
                "--tls",
                "--tls-ca",
                folder.toString());
        says(2, "--tls-cert without --tls-key", "echo", "--tls-cert", file("server.pem"));
        says(2, "give --tls-cert and --tls-key", "echo", "--tls-ca", file("ca.pem"));
        says(
                2,
                "--tls-require-client-cert needs --tls-ca",
                "echo",
                "--tls-cert",
                file("server.pem"),
                "--tls-key",
                file("server-key.pem"),
                "--tls-require-client-cert");
        says(2, "without --tls", "send", "127.0.0.1:1", "--tls-insecure");
        says(2, "verifies nothing", "send", "127.0.0.1:1", "--tls", "--tls-insecure", "--tls-ca", file("ca.pem"));
        says(2, "neither default nor compatible", "send", "127.0.0.1:1", "--tls", "--tls-profile", "x");
    }

    private static void says(int status, String words, String... args) {
        Program.Result result = Program.run(args);
        assertThat(result.err()).contains(words);
        assertThat(result.status()).isEqualTo(status);
    }

    @Test
    void devCertKeepsKeysToTheirOwnerAndWritesOverNothing() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file("ca-key.pem")))))
                .isEqualTo("rw-------");
        byte[] before = Files.readAllBytes(Path.of(file("ca.pem")));
        says(
                1,
                file("ca.pem") + " is there already",
                "dev-cert",
                folder.resolve("certs").toString());
        assertThat(Files.readAllBytes(Path.of(file("ca.pem")))).isEqualTo(before);
        String again = folder.resolve("again").toString();
        assertThat(Program.run("dev-cert", again).status()).isZero();
        assertThat(Program.run("dev-cert", again, "--force").status()).isZero();
        says(1, "no host is named 999.1.1.1", "dev-cert", folder.resolve("bad").toString(), "--host", "999.1.1.1");
        assertThat(folder.resolve("bad")).doesNotExist();
        says(2, "--days is 0", "dev-cert", again, "--days", "0");
        says(1, "cannot write to", "dev-cert", file("ca.pem") + "/x");
    }
}
