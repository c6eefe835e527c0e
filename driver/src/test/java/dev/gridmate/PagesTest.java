package dev.gridmate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages lead to each other and use plain words. */
class PagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    /** Forms that strangers have to read twice, as far as a test can find them. */
    private static final Pattern AVOIDED = Pattern.compile("\\bWho [a-z]|\\b[Ww]hoever\\b|\\b(?:he|him|his)\\b"
            + "|\\bstands\\b|(?<![Tt]here )\\b(?:is|are) no [a-z]+\\b");

    @Test
    void everyLinkBetweenThePagesLeadsToAFileAndAHeading() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
                assertThat(target).as("link in %s", page).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target))
                            .as("link in %s to %s", page, target)
                            .contains(link.group(2));
                }
            }
        }
    }

    @Test
    void noPageUsesTheFormsThatContributingAsksToAvoid() throws IOException {
        for (Path page : pages()) {
            if (!page.endsWith("CONTRIBUTING.md")) { // which has to name them
                assertThat(AVOIDED.matcher(Files.readString(page)).results().map(MatchResult::group))
                        .as("%s", page)
                        .isEmpty();
            }
        }
    }

    @Test
    void theGlossaryHasTwentyWordsInOrder() throws IOException {
        List<String> words = Files.readString(ROOT.resolve("docs/glossary.md"))
                .lines()
                .filter(line -> line.matches("\\| [a-z]+ \\| .*"))
                .map(line -> line.split(" ", 3)[1])
                .filter(word -> !word.equals("word"))
                .toList();
        assertThat(words).hasSize(20).isSorted();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.list(folder)) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        assertThat(pages).hasSizeGreaterThan(10);
        return pages;
    }

    /** The anchors that GitHub makes of a page's headings. */
    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }
}
