package dev.gridmate.snapshot;

import java.util.Objects;

/**
 * How a driver or a carrier shows itself to those outside while it runs.
 *
 * @param name the name in all views; empty for {@code stream}, {@code datagram} or {@code carrier}.
 *     A name that another one has gets a number: {@code lobby-2}.
 * @param isManaged whether it has an MBean, {@code
 *     dev.gridmate:type=StreamSocketDriver,name=lobby}, if the Java VM has the module {@code
 *     java.management}
 * @param isLogged whether what an operator should act on is written to the log of {@code
 *     dev.gridmate}: a line for each kind in ten seconds at most
 */
public record Visibility(String name, boolean isManaged, boolean isLogged) {

    /** Everything is shown, under the name of the kind. */
    public static final Visibility DEFAULT = new Visibility("", true, true);

    /**
     * Checks the parts.
     *
     * @param name the name in all views
     * @param isManaged whether it has an MBean
     * @param isLogged whether it writes to the log
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
        return new Visibility(name, true, true);
    }

    /** {@return the same without an MBean} */
    public Visibility unmanaged() {
        return new Visibility(name, false, isLogged);
    }

    /** {@return the same without lines in the log} */
    public Visibility unlogged() {
        return new Visibility(name, isManaged, false);
    }
}
