package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MainTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "demo --help",
                "echo --help",
                "send --help",
                "bench --help",
                "connect --help",
                "top --help",
                "carrier-echo --help",
                "carrier-send --help"
            })
    void helpIsOnEverything(String line) {
        Program.Result result = Program.run(line.split(" "));

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("Usage: gridmate").contains("Exit status:", "Examples:");
        assertThat(result.out().lines()).allMatch(each -> each.length() <= 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "send --version"})
    void versionIsSaid(String line) {
        Program.Result result = Program.run(line.split(" "));

        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("gridmate ").contains("Java");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "bogus                         | 'bogus'",
                "echo --port 65536             | --port is 65536",
                "echo --port x                 | --port: 'x'",
                "echo --prot 1                 | '--prot'",
                "send --sise 3 localhost:1     | no option '--sise'",
                "echo --max-connections 0      | --max-connections is 0",
                "echo --max-packet 65536       | --max-packet is 65536",
                "echo --max-packet 9 --outbound 8 | --outbound 8",
                "echo --seconds 0              | --seconds is 0",
                "send                          | HOST:PORT",
                "send 127.0.0.1                | '127.0.0.1' is not HOST:PORT",
                "send ::1:2017                 | brackets",
                "send localhost:0              | 'localhost:0'",
                "send localhost:1 --size 0     | --size: '0'",
                "send localhost:1 --size 9-8   | --size: '9-8'",
                "send localhost:1 --size 65536 | --size: '65536'",
                "send localhost:1 --rate fast  | --rate: 'fast'",
                "send localhost:1 --count 0    | --count is 0",
                "bench                         | HOST:PORT",
                "bench nowhere                 | 'nowhere' is not HOST:PORT",
                "bench localhost:1 --workload pong | --workload is 'pong', it must be ping-pong, stream, many, tick or all",
                "bench localhost:1 --seconds 0 | --seconds is 0",
                "bench localhost:1 --warmup -1 | --warmup is -1.0, it must be 0 or above",
                "bench localhost:1 --warmup NaN | --warmup: 'NaN' is not a time",
                "bench localhost:1 --timeout 0 | --timeout is 0",
                "bench localhost:1 --size 65536 | --size is 65536, it must be 1 to 65535",
                "bench localhost:1 --connections 0 | --connections is 0",
                "bench localhost:1 --window 0  | --window is 0",
                "bench localhost:1 --rate slow | --rate: 'slow' is not a rate",
                "bench localhost:1 --workload many --rate 9 | --rate is for --workload tick",
                "bench localhost:1 --workload stream --connections 9 | --connections is for --workload many and tick",
                "bench localhost:1 --workload ping-pong --window 9 | --window is for --workload stream and tick",
                "connect nowhere               | 'nowhere' is not HOST:PORT",
                "demo --clients 0              | --clients is 0",
                "carrier-echo --port -1        | --port is -1",
                "carrier-echo --udp --tcp      | --udp and --tcp exclude each other",
                "carrier-echo --max-packet 99  | --max-packet is 99",
                "carrier-echo --max-packet 999 | --max-packet is for --tcp",
                "carrier-echo --tcp --full-packets | --full-packets is for --udp",
                "carrier-echo --clock-sync 0   | --clock-sync is 0",
                "carrier-echo --seconds -1     | --seconds is -1",
                "carrier-echo --carrier-version 4294967296 | --carrier-version is 4294967296",
                "carrier-send                  | HOST:PORT",
                "carrier-send localhost        | 'localhost' is not HOST:PORT",
                "carrier-send localhost:1 --channel 3 | --channel: '3' is not a channel: 0, 1, 2 or all",
                "carrier-send localhost:1 --loss 101 | --loss is 101.0, it must be 0 to 100",
                "carrier-send localhost:1 --loss much | --loss: 'much'",
                "carrier-send localhost:1 --latency 1001 | --latency is 1001",
                "carrier-send localhost:1 --size 0 | --size: '0'",
                "carrier-send localhost:1 --count 0 | --count is 0",
                "carrier-send localhost:1 --window 0 | --window is 0",
                "carrier-send localhost:1 --timeout 0 | --timeout is 0",
            })
    void aWrongCommandLineIsOneLineAndStatusTwo(String line, String says) {
        Program.Result result = Program.run(line.split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains(says).contains("Try gridmate").contains("--help");
    }

    @Test
    void withoutACommandItSaysWhichThereAre() {
        Program.Result result = Program.run();

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains("demo", "echo", "send", "bench", "connect", "top", "carrier-echo", "carrier-send");
    }
}
