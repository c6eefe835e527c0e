package dev.gridmate.testkit.style;

import java.util.ArrayList;
import java.util.List;

/**
 * The comments of a Java source, line by line. Strings and text blocks are not taken for comments;
 * a comment within a line of code is, from its {@code //} on.
 */
final class Comments {

    /** What a line of a source is. */
    enum Kind {
        /** Code alone. */
        CODE,
        /** A {@code //} comment with nothing before it. */
        LINE,
        /** A {@code //} comment behind code. */
        BEHIND_CODE,
        /** A line of a block comment or of Javadoc. */
        BLOCK
    }

    /**
     * A line of a source.
     *
     * @param text the whole line
     * @param words what the comment says, without its slashes and stars; empty for code
     */
    record Line(Kind kind, String text, String words) {}

    private boolean inBlock;
    private boolean inTextBlock;

    private Comments() {}

    static List<Line> of(String source) {
        Comments comments = new Comments();
        List<Line> lines = new ArrayList<>();
        source.lines().forEach(line -> lines.add(comments.next(line)));
        return lines;
    }

    private Line next(String line) {
        String trimmed = line.strip();
        if (inTextBlock) {
            inTextBlock = !line.contains("\"\"\"");
            return new Line(Kind.CODE, line, "");
        }
        if (inBlock || trimmed.startsWith("/*")) {
            inBlock = !trimmed.contains("*/");
            String words = trimmed.replaceFirst("^/\\*+", "")
                    .replaceFirst("\\*/.*$", "")
                    .replaceFirst("^\\*", "");
            return new Line(Kind.BLOCK, line, words.strip());
        }
        int slashes = slashes(line);
        if (slashes >= 0) {
            Kind kind = trimmed.startsWith("//") ? Kind.LINE : Kind.BEHIND_CODE;
            return new Line(kind, line, line.substring(slashes + 2).strip());
        }
        inTextBlock = line.split("\"\"\"", -1).length == 2;
        return new Line(Kind.CODE, line, "");
    }

    /** {@return where a comment begins, outside of strings and characters; -1 if nowhere} */
    private static int slashes(String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '/' && line.startsWith("//", i)) {
                return i;
            }
        }
        return -1;
    }
}
