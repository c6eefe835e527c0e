package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void theCarriersCommandsSpeakTlsOverTcp() {
        try (Program server =
                Program.carrierEcho("--tcp", "--tls-cert", file("server.pem"), "--tls-key", file("server-key.pem"))) {
            String[] send = {"carrier-send", server.address(), "--tcp", "--count", "50"};
            Program.Result sent = Program.run(with(send, "--tls", "--tls-ca", file("ca.pem")));
            assertThat(sent.out()).startsWith("sent=50 received=50 mismatched=0");
            assertThat(sent.err()).startsWith("TLS: TLSv1.3 TLS_").contains("the peer is CN=localhost");
            assertThat(sent.status()).isZero();

            Program.Result stranger = Program.run(with(send, "--tls"));
            assertThat(stranger.err()).contains("nobody who is trusted here", "with --tls-ca");
            assertThat(stranger.status()).isEqualTo(1);
            Program.Result wrongName =
                    Program.run(with(send, "--tls", "--tls-ca", file("ca.pem"), "--tls-server-name", "other.example"));
            assertThat(wrongName.err()).contains("for another name", "--tls-server-name");
        }
        assertThat(Program.run("carrier-send", "127.0.0.1:1", "--tls").err())
                .contains("TLS is for --tcp: datagrams are not encrypted");
        assertThat(Program.run("carrier-echo", "--tls-cert", file("server.pem"), "--tls-key", file("server-key.pem"))
                        .err())
                .contains("TLS is for --tcp");
        assertThat(Program.run("carrier-echo", "--tcp", "--tls-cert", "nowhere.pem", "--tls-key", "nowhere.pem")
                        .err())
                .contains("--tls-");
    }

    private static String[] with(String[] args, String... more) {
        return Stream.concat(Arrays.stream(args), Arrays.stream(more)).toArray(String[]::new);
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
            assertThat(other.err())
                    .contains("for another name")
                    .contains("other.example")
                    .contains("--tls-server-name");
            Program.Result insecure = send(server, "--tls-insecure");
            assertThat(insecure.status()).isZero();
            assertThat(insecure.err()).startsWith("warning: --tls-insecure");
        }
    }

    @Test
    void aServerThatAsksWhoItsClientsAreRefusesThoseWhoDoNotSay() {
        try (Program server = echo("--tls-require-client-cert", "--tls-ca", file("ca.pem"))) {
            Program.Result silent = send(server, "--tls-ca", file("ca.pem"));
            assertThat(silent.status()).isEqualTo(1);
            assertThat(silent.err()).contains("the server refused: ", "does it want a certificate of this side");
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
            assertThat(plain.err()).contains("Does the server want --tls?");
            assertThat(server.awaitError("TLS: ")).contains("does not speak TLS: it begins with 00 40");
        }
    }

    @Test
    void aClientInTlsIsToldThatTheServerIsNot() {
        try (Program plain = Program.echo("--max-packet", "1000")) { // to which a hello is a packet that is too large
            for (String command : List.of("send", "connect")) {
                Program.Result secure = Program.run(command, plain.address(), "--tls", "--tls-ca", file("ca.pem"));
                assertThat(secure.status()).isEqualTo(1);
                assertThat(secure.err()).contains("does it speak TLS, on this port?", "connect without --tls");
            }
        }
    }

    @Test
    void theCompatibleProfileTakesRsa() {
        says(
                1,
                "--tls-profile compatible takes a server's key to be an RSA key, and --tls-key "
                        + file("server-key.pem") + " is not: gridmate dev-cert --rsa",
                "echo",
                "--port",
                "0",
                "--tls-cert",
                file("server.pem"),
                "--tls-key",
                file("server-key.pem"),
                "--tls-profile",
                "compatible");
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
                "--tls-ca " + file("none.pem") + " cannot be read: no such file",
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
        says(
                2,
                "--tls-server-name is \"a b\", it must be a host name or an address",
                "send",
                "127.0.0.1:1",
                "--tls",
                "--tls-server-name",
                "a b");
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
        says(2, "--days is 0", "dev-cert", again, "--days", "0");
        says(1, file("ca.pem") + ": it is a file, and has to be a folder", "dev-cert", file("ca.pem"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "999.1.1.1", "192.0.2", "1.2.3.4.5", "bad host", "-x.example", "a..b", "1:2", "*", "a.*"})
    void devCertTakesNoHostThatNobodyCouldAskFor(String host) {
        Path bad = folder.resolve("bad");
        says(2, "--host '" + host + "' is neither", "dev-cert", bad.toString(), "--host", host);
        assertThat(bad).doesNotExist();
    }

    @Test
    void devCertTakesAddressesWildcardsAndNamesWithOtherLetters() throws Exception {
        String made = folder.resolve("many").toString();
        Program.Result result = Program.run(
                "dev-cert",
                made,
                "--host",
                "*.example",
                "--host",
                "2001:db8::1",
                "--host",
                "192.0.2.7",
                "--host",
                "b\u00fccher.example");
        assertThat(result.status()).isZero();
        assertThat(namesIn(Path.of(made, "server.pem")))
                .containsExactly(
                        "localhost",
                        "127.0.0.1",
                        "0:0:0:0:0:0:0:1",
                        "*.example",
                        "2001:db8:0:0:0:0:0:1",
                        "192.0.2.7",
                        "xn--bcher-kva.example");
    }

    private static List<Object> namesIn(Path certificate) throws Exception {
        try (InputStream in = Files.newInputStream(certificate)) {
            X509Certificate read =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            List<Object> names = new ArrayList<>();
            for (List<?> name : read.getSubjectAlternativeNames()) {
                names.add(name.get(1));
            }
            return names;
        }
    }

    @Test
    void theCommandsThatDevCertSaysWorkAsTheyAre() {
        Program.Result made =
                Program.run("dev-cert", folder.resolve("it's here").toString(), "--rsa");
        List<String[]> commands = made.out()
                .lines()
                .filter(line -> line.startsWith("  gridmate "))
                .map(TlsCommandsTest::words)
                .toList();
        assertThat(commands).hasSize(4);
        for (int i = 0; i < 4; i += 2) {
            String[] echo = commands.get(i);
            String[] send = commands.get(i + 1);
            assertThat(echo[1]).isEqualTo("echo");
            try (Program server = Program.echo(Arrays.copyOfRange(echo, 2, echo.length))) {
                assertThat(send).startsWith("gridmate", "send", "127.0.0.1:2017");
                send[2] = server.address();
                Program.Result sent = Program.run(Arrays.copyOfRange(send, 1, send.length));
                assertThat(sent.err()).contains("TLS: TLSv1.2"); // a slow machine reports its progress before
                assertThat(sent.status()).isZero();
            }
        }
    }

    /** Splits a line as a shell does. */
    private static String[] words(String line) {
        List<String> words = new ArrayList<>();
        int end = 0;
        Matcher part = Pattern.compile("'([^']*)'|\\\\(.)|([^\\s'\\\\]+)").matcher(line);
        while (part.find()) {
            String text = IntStream.rangeClosed(1, 3)
                    .mapToObj(part::group)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
            boolean goesOn = part.start() == end;
            words.add(goesOn ? words.remove(words.size() - 1) + text : text);
            end = part.end();
        }
        return words.toArray(new String[0]);
    }

    // They are signed jars, whose verification takes as long as the rest of a start.
    @Test
    void onlyDevCertReadsTheLibraryThatMakesCertificates() throws IOException {
        assertThat(loadedClasses("--version")).contains("DevCertCommand").doesNotContain("org.bouncycastle");
        assertThat(loadedClasses("dev-cert", folder.resolve("loud").toString())).contains("org.bouncycastle");
    }

    private static String loadedClasses(String... args) throws IOException {
        Process process = RealProgram.start(List.of("-Xlog:class+load"), args);
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
