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
            } else {
                append(quoted, each);
            }
        });
        return quoted.append('"').toString();
    }

    /**
     * {@return the text, with each character that a terminal may act on, or that nobody sees, as
     * four hexadecimal digits} Other than {@link #quoted}, it is for whole sentences in which some
     * words came from a peer.
     *
     * @param text any text
     */
    public static String plain(String text) {
        if (text.codePoints().allMatch(Printable::isHarmless)) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(each -> append(plain, each));
        return plain.toString();
    }

    private static void append(StringBuilder text, int codePoint) {
        if (isHarmless(codePoint)) {
            text.appendCodePoint(codePoint);
            return;
        }
        for (char half : Character.toChars(codePoint)) {
            text.append("\\u").append(Integer.toHexString(0x1_0000 | half), 1, 5);
        }
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
