package dev.gridmate.testkit.style;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A paragraph of Javadoc that is too wide: lines of words, or a tag with the lines that go on with
 * it. Pictures, lists, tables and examples are not paragraphs, and keep their layout.
 */
final class JavadocParagraph {

    private static final Pattern LAYOUT = Pattern.compile(
            "^( {2,}|[-*] |[|]|<(?!b>)|\\d+\\.).*|.*\\S {2,}\\S.*|.*(<pre>|</?[uo]l>|<li>|<t[drh]|}</pre>).*");

    /** A one-line comment, with what is before its words and after them. */
    private static final Pattern ONE_LINE = Pattern.compile("^( *)/\\*\\* (.*) \\*/$");

    private JavadocParagraph() {}

    /** {@return true if a paragraph begins here, and one of its lines is too wide} */
    static boolean isToBeFilled(List<Comments.Line> lines, int from) {
        if (lines.get(from).kind() != Comments.Kind.BLOCK || isWithin(lines, from)) {
            return false;
        }
        if (ONE_LINE.matcher(lines.get(from).text()).matches()) {
            return lines.get(from).text().length() > Style.WIDTH;
        }
        List<Comments.Line> paragraph = lines.subList(from, end(lines, from));
        return paragraph.stream().anyMatch(line -> line.text().length() > Style.WIDTH)
                && paragraph.stream().allMatch(line -> line.text().strip().startsWith("* "))
                && paragraph.stream()
                        .noneMatch(line -> LAYOUT.matcher(content(line)).matches());
    }

    /** A line in the middle of a paragraph: its beginning has decided. */
    private static boolean isWithin(List<Comments.Line> lines, int index) {
        return index > 0
                && lines.get(index - 1).kind() == Comments.Kind.BLOCK
                && lines.get(index - 1).text().strip().startsWith("* ")
                && !isFirst(lines.get(index));
    }

    /** {@return where the paragraph ends that begins here, exclusive} */
    static int end(List<Comments.Line> lines, int from) {
        int end = from + 1;
        while (end < lines.size()
                && lines.get(end).kind() == Comments.Kind.BLOCK
                && !lines.get(end).words().isEmpty()
                && !isFirst(lines.get(end))
                && !ONE_LINE.matcher(lines.get(from).text()).matches()) {
            end++;
        }
        return end;
    }

    private static boolean isFirst(Comments.Line line) {
        return line.words().startsWith("@") || line.words().startsWith("<p>");
    }

    /**
     * What is behind the star and one blank; of a tag's further lines, what is behind their indent.
     */
    private static String content(Comments.Line line) {
        String words = line.text().strip().substring(1);
        return words.startsWith("     ")
                ? words.strip()
                : words.replaceFirst("^ ", "").replaceFirst("^<p>", "");
    }

    static void fill(List<Comments.Line> paragraph, StringBuilder result) {
        String text = paragraph.get(0).text();
        String indent = text.substring(0, text.length() - text.stripLeading().length());
        if (ONE_LINE.matcher(text).matches()) {
            result.append(indent).append("/**\n");
            Reflow.fill(paragraph, indent + " * ", indent + " * ", result);
            result.append(indent).append(" */\n");
            return;
        }
        boolean isTag = paragraph.get(0).words().startsWith("@");
        Reflow.fill(paragraph, indent + "* ", indent + (isTag ? "*     " : "* "), result);
    }
}
