package dev.gridmate.cli;

import dev.gridmate.internal.Printable;

/**
 * A line of the page of {@code gridmate top}.
 *
 * @param look how a screen draws it; a pipe gets the text alone
 */
record TopLine(String text, Look look) {

    /** The text may have names in it that others chose. */
    TopLine {
        text = Printable.plain(text);
    }

    /** What stands out, and how. */
    enum Look {
        PLAIN,
        TITLE,
        HEADING,
        ALARM
    }

    static TopLine plain(String text) {
        return new TopLine(text, Look.PLAIN);
    }

    static TopLine title(String text) {
        return new TopLine(text, Look.TITLE);
    }

    static TopLine heading(String text) {
        return new TopLine(text, Look.HEADING);
    }

    static TopLine alarm(String text) {
        return new TopLine(text, Look.ALARM);
    }

    /** {@return the line, no wider than so many characters} */
    TopLine cut(int width) {
        return text.length() <= width ? this : new TopLine(text.substring(0, Math.max(0, width)), look);
    }
}
