package dev.gridmate.testkit.style;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.structure.Limits;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StyleTest {

    @Test
    void noCommentAndNoPageIsFurtherFromHouseStyleThanItWas() throws IOException {
        Limits limits = Style.limits(Page.ROOT);
        Map<String, List<Offence>> offences = Style.offences(Page.ROOT, limits);
        Map<String, Map<String, Integer>> counts = Style.counts(offences);
        limits.better(counts).forEach(System.out::println);
        assertThat(limits.worse(counts))
                .as("`testkit/style` lists the places; `testkit/style --reflow` fills comments")
                .isEmpty();
    }

    @Test
    void whoWhetherAndHeAreFoundInComments() {
        assertThat(rules("// Who sends too much is slowed down.")).containsExactly("who");
        assertThat(rules("/** Says whether it is open. */")).containsExactly("says-whether");
        assertThat(rules("/** @return whether it is open */")).containsExactly("return-whether");
        assertThat(rules("int a; // nothing is kept for him")).containsExactly("he");
        assertThat(rules("/** The connection stands. */")).containsExactly("stands");
        assertThat(rules("/** It has the peer wait. */")).containsExactly("has-x-leave");
        assertThat(rules("/** A byte is no packet. */")).containsExactly("is-no");
    }

    @Test
    void codeStringsAndPlainSentencesAreLeftInPeace() {
        assertThat(rules("String s = \"// Who is he\"; int his = 1;")).isEmpty();
        assertThat(rules("// There is no room, and it is no longer open. Who may call it?"))
                .isEmpty();
        assertThat(rules("// `he` is a name, and {@code his} another")).isEmpty();
        assertThat(rules("String s = \"\"\"\n// Who is he\n\"\"\";")).isEmpty();
    }

    @Test
    void aTagThatSaysNothingIsFound() {
        assertThat(rules("/**\n * Moves.\n *\n * @param speed\n * @return\n */"))
                .containsExactly("empty-tag", "empty-tag");
        assertThat(rules("/**\n * Moves.\n *\n * @param speed\n *     in metres\n */"))
                .isEmpty();
    }

    @Test
    void aPageIsReadOutsideOfItsPrograms() {
        assertThat(Style.inPage("p.md", "Who waits, loses.\n```\n// Who\n```\n"))
                .extracting(Offence::line)
                .containsExactly(1);
    }

    @Test
    void aCommentThatTheFormatterBrokeIsFilled() {
        String full = "    // " + "word ".repeat(19) + "end";
        String broken = full + "\n    // there.\n    // And this goes on.\n    int code;\n";
        assertThat(rules(broken + full + "x".repeat(30))).contains("wide-comment");
        assertThat(rules("    // Short\n    // there\n")).containsExactly("broken-comment");
        assertThat(Reflow.of("    // Short\n    // there\n    int a;\n")).isEqualTo("    // Short there\n    int a;\n");
        String wide = Reflow.of("    // " + "word ".repeat(30) + "\n    int a;\n");
        assertThat(wide.lines().map(String::length)).allMatch(length -> length <= Style.WIDTH);
        assertThat(rules(wide)).isEmpty();
    }

    @Test
    void aWideParagraphOfJavadocIsFilledAndItsTagsAndPicturesKeepTheirPlaces() {
        String wide = "word ".repeat(22).strip();
        String source = "/**\n * " + wide + "\n * more.\n *\n * <p>" + wide + "\n *\n * @param a " + wide
                + "\n * @return b\n */\nint a;\n";
        String filled = Reflow.of(source);
        assertThat(filled.lines()).allMatch(line -> line.length() <= Style.WIDTH);
        assertThat(filled).contains("\n * @param a word", "\n *     word", "\n * @return b\n */\n", "\n *\n * <p>word");
        assertThat(filled.replaceAll("[\\s*]+", " ")).isEqualTo(source.replaceAll("[\\s*]+", " "));

        String picture = "/**\n * <pre>\n * " + "-".repeat(120) + "\n * a  b" + " ".repeat(100) + "c\n * </pre>\n */\n";
        assertThat(Reflow.of(picture)).isEqualTo(picture);
        assertThat(Reflow.of("    /** " + wide + " */\n"))
                .startsWith("    /**\n     * word")
                .endsWith("\n     */\n");
    }

    private static List<String> rules(String source) {
        return Style.inSource("A.java", source).stream().map(Offence::rule).toList();
    }
}
