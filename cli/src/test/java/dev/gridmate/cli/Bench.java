package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** Runs of {@code gridmate bench} for tests: as short as can be, or as long as is needed. */
final class Bench {

    static final String[] SHORT = {"--seconds", "0.1", "--warmup", "0.05"};
    static final String[] ENDLESS = {"--seconds", "1000", "--warmup", "0"};

    private Bench() {}

    static Program start(String address, String[] some, String... more) {
        String[] words = new String[2 + some.length + more.length];
        words[0] = "bench";
        words[1] = address;
        System.arraycopy(some, 0, words, 2, some.length);
        System.arraycopy(more, 0, words, 2 + some.length, more.length);
        return Program.start(words);
    }

    static Program.Result run(String address, String[] some, String... more) {
        return start(address, some, more).await();
    }

    static Map<String, Object> json(Program.Result result) {
        assertThat(result.status()).isZero();
        assertThat(result.out()).hasLineCount(1);
        return Json.parse(result.out().stripTrailing());
    }
}
