package dev.gridmate.snapshot;

import java.util.Objects;

/**
 * How a driver or a carrier shows itself to those outside while it runs.
 *
 * @param name the name in all views; empty for {@code stream}, {@code datagram} or {@code carrier}.
 *     A name that another one has gets a number: {@code lobby-2}.
 */
public record Visibility(String name) {

    /** Everything is shown, under the name of the kind. */
    public static final Visibility DEFAULT = new Visibility("");

    /**
     * Checks the parts.
     *
     * @param name the name in all views
     */
    public Visibility {
        Objects.requireNonNull(name, "name");
    }

    /**
     * {@return the default with a name}
     *
     * @param name the name in all views
     */
    public static Visibility named(String name) {
        return new Visibility(name);
    }
}
