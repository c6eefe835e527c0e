package dev.gridmate.testkit.style;

import java.util.List;

/**
 * Fills the comments that the formatter broke, and those that are too wide. It breaks a {@code //}
 * line of more than 120 and leaves the rest, a word or two, in a line of its own. All other
 * comments are left as they are.
 */
final class Reflow {

    private Reflow() {}

    /**
     * A line of one or two words, although the line before it is a full one or has room for them.
     */
    static boolean isBroken(List<Comments.Line> lines, int index) {
        if (index == 0 || !isComment(lines, index) || !isComment(lines, index - 1)) {
            return false;
        }
        String words = lines.get(index).words();
        String before = lines.get(index - 1).words();
        boolean isShort = words.split(" ").length <= 2;
        boolean goesOn = isComment(lines, index + 1) && Character.isLowerCase(firstOf(words));
        int joined = lines.get(index - 1).text().length() + 1 + words.length();
        boolean fits = joined <= Style.WIDTH && !before.endsWith(".");
        boolean isRest = !before.endsWith(":") && (goesOn || fits);
        return isShort && (isRest || lines.get(index - 1).text().length() > Style.WIDTH);
    }

    private static char firstOf(String words) {
        return words.isEmpty() ? ' ' : words.charAt(0);
    }

    private static boolean isComment(List<Comments.Line> lines, int index) {
        return index < lines.size()
                && lines.get(index).kind() == Comments.Kind.LINE
                && !lines.get(index).words().isEmpty()
                && !lines.get(index).words().startsWith("---");
    }

    /** {@return the source with such comments filled} */
    static String of(String source) {
        List<Comments.Line> lines = Comments.of(source);
        StringBuilder result = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            int end = at;
            while (isComment(lines, end) && sameIndent(lines, at, end)) {
                end++;
            }
            if (end > at && isToBeFilled(lines, at, end)) {
                fill(lines.subList(at, end), result);
            } else if (JavadocParagraph.isToBeFilled(lines, at)) {
                end = JavadocParagraph.end(lines, at);
                JavadocParagraph.fill(lines.subList(at, end), result);
            } else {
                end = Math.max(end, at + 1);
                lines.subList(at, end)
                        .forEach(line -> result.append(line.text()).append('\n'));
            }
            at = end;
        }
        return result.toString();
    }

    private static boolean sameIndent(List<Comments.Line> lines, int one, int other) {
        return lines.get(one).text().indexOf("//") == lines.get(other).text().indexOf("//");
    }

    private static boolean isToBeFilled(List<Comments.Line> lines, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isBroken(lines, i) || lines.get(i).text().length() > Style.WIDTH) {
                return true;
            }
        }
        return false;
    }

    private static void fill(List<Comments.Line> paragraph, StringBuilder result) {
        String first = paragraph.get(0).text();
        String begin = first.substring(0, first.indexOf("//")) + "// ";
        fill(paragraph, begin, begin, result);
    }

    /**
     * Writes the words of lines into lines that are as full as may be.
     *
     * @param first what the first line begins with
     * @param begin what the other lines begin with
     */
    static void fill(List<Comments.Line> paragraph, String first, String begin, StringBuilder result) {
        StringBuilder line = new StringBuilder(first);
        boolean isEmpty = true;
        for (Comments.Line each : paragraph) {
            for (String word : each.words().split(" +", -1)) {
                if (!isEmpty && line.length() + 1 + word.length() > Style.WIDTH) {
                    result.append(line).append('\n');
                    line.setLength(0);
                    line.append(begin);
                    isEmpty = true;
                }
                line.append(isEmpty ? "" : " ").append(word);
                isEmpty = false;
            }
        }
        result.append(line).append('\n');
    }
}
