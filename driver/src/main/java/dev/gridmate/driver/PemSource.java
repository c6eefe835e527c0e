package dev.gridmate.driver;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A PEM text, or the file that contains it. A file is read when a driver is initialised or reloads,
 * not earlier.
 *
 * <p>It is printed as what it is called, never as what it contains: that may be a private key.
 *
 * @param name what messages call it: the parameter by which it was given, and the file if there is
 *     one
 * @param file the file; null if there is a text
 * @param text the text; null if there is a file
 */
public record PemSource(
        String name, @Nullable Path file, @Nullable String text) {

    static PemSource file(String parameter, Path file) {
        return new PemSource(parameter + " " + Objects.requireNonNull(file, parameter), file, null);
    }

    static PemSource text(String parameter, String text) {
        return new PemSource(parameter, null, Objects.requireNonNull(text, parameter));
    }

    @Override
    public String toString() {
        return name;
    }
}
