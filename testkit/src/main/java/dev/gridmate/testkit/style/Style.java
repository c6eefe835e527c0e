package dev.gridmate.testkit.style;

import dev.gridmate.testkit.structure.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the comments of all sources and the pages, and counts what is not in house style, for each
 * module and for the pages. The counts are held against {@code testkit/style.limits}, so that they
 * can only go down. {@code testkit/style} compiles and runs this program; it lists every place.
 * {@code --lower} writes better counts down, and {@code --reflow} fills the comments that the
 * formatter broke, and those that are too wide.
 */
public final class Style {

    /** The file of limits, from the root of the repository. */
    static final Path LIMITS = Path.of("testkit", "style.limits");

    /** The column of the pages; all other columns are folders with sources. */
    private static final String PAGES = "docs";

    /**
     * The formatter breaks code and comments at 120, so that a comment of at most this width stays
     * as it is.
     */
    static final int WIDTH = 100;

    private static final Pattern EMPTY_TAG =
            Pattern.compile("^@(param +\\S+|return|throws +\\S+|since|see|deprecated|\\w+:?)$");
    private static final Pattern INLINE_CODE = Pattern.compile("`[^`]*`|\\{@code [^}]*}|\"[^\"]*\"");

    private Style() {}

    /** Runs in the root of the repository. Ends with 1 if a count is over its limit. */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of("");
        Limits limits = limits(root);
        if (List.of(arguments).contains("--reflow")) {
            for (String folder : limits.modules()) {
                for (Path source : files(root.resolve(folder), ".java")) {
                    Files.writeString(source, Reflow.of(Files.readString(source)));
                }
            }
        }
        Map<String, List<Offence>> offences = offences(root, limits);
        offences.values().forEach(all -> all.forEach(System.out::println));
        Map<String, Map<String, Integer>> counts = counts(offences);
        limits.better(counts).forEach(System.out::println);
        if (List.of(arguments).contains("--lower")) {
            Files.writeString(LIMITS, limits.lowered(counts));
        }
        List<String> worse = limits.worse(counts);
        worse.forEach(System.out::println);
        System.exit(worse.isEmpty() ? 0 : 1);
    }

    static Limits limits(Path root) throws IOException {
        return Limits.read(Files.readString(root.resolve(LIMITS)), rules());
    }

    /** {@return the names of all rules} */
    static List<String> rules() {
        List<String> rules = new ArrayList<>(List.of("broken-comment", "wide-comment", "empty-tag"));
        rules.addAll(Words.BANNED.keySet());
        return rules;
    }

    /** {@return all places that are not in house style, by the columns of the limits} */
    static Map<String, List<Offence>> offences(Path root, Limits limits) throws IOException {
        Map<String, List<Offence>> offences = new LinkedHashMap<>();
        for (String column : limits.modules()) {
            List<Offence> found = new ArrayList<>();
            if (column.equals(PAGES)) {
                for (Path page : pages(root)) {
                    found.addAll(inPage(root.relativize(page).toString(), Files.readString(page)));
                }
            } else {
                for (Path source : files(root.resolve(column), ".java")) {
                    found.addAll(inSource(root.relativize(source).toString(), Files.readString(source)));
                }
            }
            offences.put(column, found);
        }
        return offences;
    }

    static Map<String, Map<String, Integer>> counts(Map<String, List<Offence>> offences) {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        offences.forEach((column, found) -> {
            Map<String, Integer> count = new LinkedHashMap<>();
            rules().forEach(rule -> count.put(rule, 0));
            found.forEach(offence -> count.merge(offence.rule(), 1, Integer::sum));
            counts.put(column, count);
        });
        return counts;
    }

    private static List<Path> pages(Path root) throws IOException {
        List<Path> pages = new ArrayList<>(files(root.resolve(PAGES), ".md"));
        try (Stream<Path> more = Files.list(root.toAbsolutePath())) {
            more.map(root.toAbsolutePath()::relativize)
                    .map(root::resolve)
                    .filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> !path.endsWith("CONTRIBUTING.md")) // which has to name the words
                    .sorted()
                    .forEach(pages::add);
        }
        return pages;
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(end))
                    .filter(path -> !path.toString().contains("target"))
                    .sorted()
                    .toList();
        }
    }

    static List<Offence> inSource(String file, String source) {
        List<Offence> found = new ArrayList<>();
        List<Comments.Line> lines = Comments.of(source);
        for (int i = 0; i < lines.size(); i++) {
            Comments.Line line = lines.get(i);
            if (line.kind() == Comments.Kind.CODE) {
                continue;
            }
            if (Reflow.isBroken(lines, i)) {
                found.add(new Offence("broken-comment", file, i + 1, line.text()));
            }
            if (line.text().length() > WIDTH && line.kind() != Comments.Kind.BEHIND_CODE) {
                found.add(new Offence("wide-comment", file, i + 1, line.text()));
            }
            if (isEmptyTag(lines, i)) {
                found.add(new Offence("empty-tag", file, i + 1, line.text()));
            }
            addWords(found, file, i, line.words());
        }
        return found;
    }

    static List<Offence> inPage(String file, String page) {
        List<Offence> found = new ArrayList<>();
        List<String> lines = page.lines().toList();
        boolean isCode = false;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith("```")) {
                isCode = !isCode;
            } else if (!isCode) {
                addWords(found, file, i, lines.get(i));
            }
        }
        return found;
    }

    private static void addWords(List<Offence> found, String file, int index, String words) {
        String prose = INLINE_CODE.matcher(words).replaceAll("CODE");
        Words.BANNED.forEach((rule, pattern) -> {
            if (pattern.matcher(prose).find()) {
                found.add(new Offence(rule, file, index + 1, words));
            }
        });
    }

    /** A tag that says nothing, also on the next line. */
    private static boolean isEmptyTag(List<Comments.Line> lines, int index) {
        if (lines.get(index).kind() != Comments.Kind.BLOCK
                || !EMPTY_TAG.matcher(lines.get(index).words()).matches()) {
            return false;
        }
        String next = index + 1 < lines.size() ? lines.get(index + 1).words() : "";
        return next.isEmpty() || next.startsWith("@");
    }
}
