package dev.gridmate.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineTest {

    @Test
    void isOneObjectOfJson() {
        Line line =
                Line.event("report").with("packets", 3).with("ns_per_call", 1.5).with("handed_over", true);
        assertThat(line).hasToString("{\"event\":\"report\",\"packets\":3,\"ns_per_call\":1.500,\"handed_over\":true}");
    }

    @Test
    void escapesWhatASystemSays() {
        assertThat(Line.event("unavailable").with("reason", "no \"lib\\so\"\n\there"))
                .hasToString("{\"event\":\"unavailable\",\"reason\":\"no \\\"lib\\\\so\\\"\\u000a\\u0009here\"}");
    }
}
