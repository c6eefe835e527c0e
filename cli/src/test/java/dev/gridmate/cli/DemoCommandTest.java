package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DemoCommandTest {

    @Test
    void everyPacketComesBackIntact() {
        Program.Result result = Program.run("demo", "--seconds", "0.3", "--clients", "3");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("server", "clients", "p99.9=", "Every packet came back intact.");
        assertThat(result.out())
                .containsPattern("reliable +(\\d+) +\\1 +0\\R")
                .containsPattern("unreliable +\\d+ +\\d+ +\\d+\\R");
    }

    @Test
    void figuresAsJson() {
        Program.Result result = Program.run("demo", "--seconds", "0.1", "--json");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .matches("\\{(\"[a-z0-9_.]+\":\\d+(\\.\\d+)?,)*\"round_trip_us_max\":\\d+\\.\\d}\\R")
                .contains("\"mismatched\":0", "\"connects\":4,\"disconnects\":4", "\"messages_mismatched\":0");
    }

    @Test
    void showsThatItIsAtWork() {
        Program demo = Program.start("demo", "--seconds", "600");

        assertThat(demo.awaitProgress(" s: ")).contains("packets and ", "messages there and back");
        assertThat(demo.stop().status()).isZero();
    }
}
