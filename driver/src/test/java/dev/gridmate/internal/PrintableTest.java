package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.DisconnectReason;
import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void aSentenceKeepsItsQuotesAndLosesWhatATerminalActsOn() {
        assertThat(Printable.plain("no name \"a\\b\" is here")).isEqualTo("no name \"a\\b\" is here");
        assertThat(Printable.plain("a\u001b[2J\nb\u202e")).isEqualTo("a\\u001b[2J\\u000ab\\u202e");
    }

    @Test
    void aReasonShowsNothingThatATerminalActsOnWhateverAPeerCausedItToSay() {
        DisconnectReason reason = DisconnectReason.of(DisconnectReason.Code.TLS_FAILED, "for \u001b]0;x\u0007");
        assertThat(reason.detail()).isEqualTo("for \\u001b]0;x\\u0007");
        assertThat(reason.toString()).doesNotContain("\u001b");
    }

    @Test
    void wordsStayAsTheyAreInQuotes() {
        assertThat(Printable.quoted("")).isEqualTo("\"\"");
        assertThat(Printable.quoted("until Friday, übel 😀")).isEqualTo("\"until Friday, übel 😀\"");
    }

    @Test
    void whatATerminalActsOnIsShownAsDigits() {
        assertThat(Printable.quoted("a\u001b[2Jb\r\n\u0000\u0007\u009b\u007f"))
                .isEqualTo("\"a\\u001b[2Jb\\u000d\\u000a\\u0000\\u0007\\u009b\\u007f\"");
        assertThat(Printable.quoted("\u202eabc\u2066\u200b\u2028\u2029\ufeff"))
                .isEqualTo("\"\\u202eabc\\u2066\\u200b\\u2028\\u2029\\ufeff\"");
        assertThat(Printable.quoted(new String(Character.toChars(0xe0001)))).isEqualTo("\"\\udb40\\udc01\"");
        assertThat(Printable.quoted("\ud800x")).isEqualTo("\"\\ud800x\"");
    }

    @Test
    void nobodyCanEndTheQuotes() {
        assertThat(Printable.quoted("a\" b\\")).isEqualTo("\"a\\\" b\\\\\"");
    }
}
