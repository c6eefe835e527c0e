package dev.gridmate.internal;

/** Text that came from a peer, made safe for a terminal and for a log line. */
public final class Printable {

    private Printable() {}

    /**
     * {@return the text in quotes, with a backslash before a quote or a backslash, and with each
     * character that a terminal may act on, or that nobody sees, as four hexadecimal digits}
     *
     * @param text any text
     */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(each -> {
            if (each == '"' || each == '\\') {
                quoted.append('\\').append((char) each);
            } else if (isHarmless(each)) {
                quoted.appendCodePoint(each);
            } else {
                for (char half : Character.toChars(each)) {
                    quoted.append("\\u").append(Integer.toHexString(0x1_0000 | half), 1, 5);
                }
            }
        });
        return quoted.append('"').toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
