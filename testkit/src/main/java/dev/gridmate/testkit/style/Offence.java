package dev.gridmate.testkit.style;

/**
 * A line that is not in house style.
 *
 * @param rule the name of the rule, as in the file of limits
 * @param file the file, from the root of the repository
 * @param line the number of the line, from 1
 * @param text the line
 */
public record Offence(String rule, String file, int line, String text) {

    @Override
    public String toString() {
        return file + ":" + line + ": " + rule + ": " + text.strip();
    }
}
