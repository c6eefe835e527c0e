package dev.gridmate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first sentence of the Javadoc of each constant of an enum, as a resource that goes with the
 * class: so that a program can show it, and it is written only once.
 */
public final class Sentences {

    private static final Pattern CONSTANT =
            Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s+([A-Z][A-Z_]+)[,;\\s]", Pattern.DOTALL);
    private static final Pattern TAG = Pattern.compile("\\{@(?:code|link|linkplain) (?:[\\w.]*#)?([^}]*)\\}");

    private Sentences() {}

    /**
     * {@return what is to be in the resource, a line for each constant in the order of their names}
     *
     * @param source the file of the enum, from the folder of the module
     */
    public static String of(String source) {
        Map<String, String> sentences = new TreeMap<>();
        Matcher constants = CONSTANT.matcher(read(Path.of(source)));
        while (constants.find()) {
            sentences.put(constants.group(2), first(constants.group(1)));
        }
        StringBuilder lines = new StringBuilder();
        sentences.forEach((constant, sentence) ->
                lines.append(constant).append('=').append(sentence).append('\n'));
        return lines.toString();
    }

    private static String first(String comment) {
        String text =
                comment.replaceAll("(?m)^\\s*\\* ?", "").replaceAll("\\s+", " ").strip();
        String plain = TAG.matcher(text).replaceAll("$1");
        int end = plain.indexOf(". ");
        return end < 0 ? plain : plain.substring(0, end + 1);
    }

    /**
     * Compares a file with what it is to be. With {@code -Dgridmate.write} it writes the file
     * instead.
     *
     * @param file from the folder of the module
     * @throws AssertionError if the file is another one; the message says how to write it
     */
    public static void hold(String file, String expected) {
        Path path = Path.of(file);
        if (Boolean.getBoolean("gridmate.write")) {
            write(path, expected);
        } else if (!Files.exists(path) || !read(path).equals(expected)) {
            throw new AssertionError(
                    file + " is not up to date: run this test with -Dgridmate.write=true, it is to be\n" + expected);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
