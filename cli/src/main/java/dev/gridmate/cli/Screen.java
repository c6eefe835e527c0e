package dev.gridmate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What can be drawn where standard output goes.
 *
 * @param columns how wide a line may be
 * @param unicode whether it shows more than ASCII
 * @param opener how to take over the whole of it
 */
record Screen(int columns, boolean unicode, Opener opener) {

    /** Takes a terminal over. */
    interface Opener {

        /** Only lines can be written. */
        Opener NONE = () -> null;

        /** {@return the terminal; null if there is none} */
        @Nullable
        Terminal open() throws IOException;

        /** {@return the system's terminal, if the launcher found one at both ends} */
        static Opener system() {
            return Boolean.getBoolean("gridmate.screen")
                    ? () -> TerminalBuilder.builder()
                            .system(true)
                            .provider("exec")
                            .dumb(false)
                            .build()
                    : NONE;
        }
    }

    private static final int WIDEST = 80;
    private static final int NARROWEST = 40;

    /** What only lines can be written to. */
    Screen(int columns, boolean unicode) {
        this(columns, unicode, Opener.NONE);
    }

    /** {@return the same, which can be taken over} */
    Screen with(Opener how) {
        return new Screen(columns, unicode, how);
    }

    /**
     * Makes what there is of what the system says.
     *
     * @param columns what the launcher has found, or the variable COLUMNS, which not every shell
     *     passes on
     * @param charset what the terminal shows; this program writes UTF-8, so another charset, even
     *     one that has the characters, would show other ones
     */
    static Screen of(@Nullable String columns, @Nullable String charset) {
        boolean isNumber = columns != null && columns.matches("\\d{1,4}");
        int width = isNumber ? Integer.parseInt(columns) : WIDEST;
        return new Screen(
                Math.max(NARROWEST, Math.min(WIDEST, width)),
                StandardCharsets.UTF_8.name().equalsIgnoreCase(charset));
    }
}
