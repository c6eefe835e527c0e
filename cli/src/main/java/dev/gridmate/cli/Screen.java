package dev.gridmate.cli;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What can be drawn where standard output goes.
 *
 * @param columns how wide a line may be
 * @param unicode whether it shows more than ASCII
 */
record Screen(int columns, boolean unicode) {

    private static final int WIDEST = 80;
    private static final int NARROWEST = 40;

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
