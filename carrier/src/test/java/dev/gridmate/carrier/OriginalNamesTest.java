package dev.gridmate.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The migration page has every public name of the original, and the Java names that it gives exist.
 */
class OriginalNamesTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final String LEFT_OUT = "*left out*";

    /** A row of the page: its three cells. A type's own row is bold. */
    private record Row(String original, String java, String note) {

        boolean isType() {
            return original.startsWith("**");
        }

        List<String> originalNames() {
            return codes(original);
        }

        List<String> javaNames() {
            return codes(java);
        }
    }

    /** A type of the page, or of the list, with the names of its members. */
    private record Entry(String header, String type) {}

    private final Map<Entry, List<Row>> page = new LinkedHashMap<>();
    private final Map<Entry, Set<String>> original = new LinkedHashMap<>();
    private PublicApi api;

    @BeforeEach
    void read() throws Exception {
        api = PublicApi.of(GridMate.class, Carrier.class);
        readPage();
        readOriginal();
    }

    @Test
    void everyNameOfTheOriginalIsOnThePageWithItsTypeAndNoOtherIs() {
        Map<Entry, Set<String>> found = new LinkedHashMap<>();
        page.forEach((entry, rows) -> {
            Set<String> names = new TreeSet<>();
            rows.stream()
                    .filter(row -> !row.isType())
                    .flatMap(row -> row.originalNames().stream())
                    .forEach(name -> assertThat(names.add(name))
                            .as("%s of %s is there once", name, entry)
                            .isTrue());
            found.put(entry, names);
        });
        original.forEach(
                (entry, names) -> assertThat(found.get(entry)).as("%s", entry).isEqualTo(names));
        assertThat(found.keySet()).isEqualTo(original.keySet());
    }

    @Test
    void everyNameHasACounterpartOrAReason() {
        page.forEach((entry, rows) -> rows.forEach(row -> {
            if (row.java().equals(LEFT_OUT)) {
                assertThat(row.note()).as("why %s is left out", row.original()).isNotBlank();
            } else if (!row.isType()) {
                assertThat(row.javaNames())
                        .as("counterpart of %s", row.original())
                        .isNotEmpty();
            }
        }));
    }

    @Test
    void everyCounterpartExists() {
        page.forEach((entry, rows) -> {
            List<String> types = rows.get(0).javaNames();
            rows.stream()
                    .flatMap(row -> row.javaNames().stream())
                    .forEach(name -> assertThat(api.hasType(name) || api.has(name, types))
                            .as("%s, for %s", name, entry)
                            .isTrue());
        });
    }

    @Test
    void aNameThatIsNotThereIsNoticed() {
        assertThat(api.has("StreamSocketDriver.connectTo", List.of())).isTrue();
        assertThat(api.has("connectTo", List.of("StreamSocketDriver"))).isTrue();
        assertThat(api.has("connectToo", List.of("StreamSocketDriver"))).isFalse();
        assertThat(api.has("Carrier.connectTo", List.of())).isFalse();
        assertThat(api.has("java.net.InetAddress.getByNames", List.of())).isFalse();
    }

    private void readPage() throws IOException {
        String header = "";
        Entry entry = null;
        for (String line : Files.readAllLines(Path.of("..", "docs", "migrating-from-gridmate.md"), UTF_8)) {
            if (line.startsWith("#")) {
                header = line.startsWith("### `") ? codes(line).get(0) : "";
            } else if (!header.isEmpty() && line.startsWith("| ") && line.contains("`")) {
                String[] cells = line.substring(1).split("\\|", -1);
                assertThat(cells).as(line).hasSize(4);
                Row row = new Row(cells[0].strip(), cells[1].strip(), cells[2].strip());
                if (row.isType()) {
                    entry = new Entry(header, row.originalNames().get(0));
                    assertThat(page.put(entry, new ArrayList<>()))
                            .as("%s", entry)
                            .isNull();
                }
                page.get(Objects.requireNonNull(entry)).add(row);
            }
        }
    }

    private void readOriginal() throws IOException {
        try (InputStream list = OriginalNamesTest.class.getResourceAsStream("/names/original-names.txt")) {
            String header = "";
            String text = new String(Objects.requireNonNull(list).readAllBytes(), UTF_8);
            for (String line : text.lines().toList()) {
                if (line.startsWith("## ")) {
                    header = line.substring(3);
                } else if (!header.isEmpty() && !line.isBlank()) {
                    String[] parts = line.split(": ", 2);
                    original.put(new Entry(header, parts[0]), new TreeSet<>(List.of(parts[1].split(", "))));
                }
            }
        }
    }

    private static List<String> codes(String text) {
        return CODE.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
