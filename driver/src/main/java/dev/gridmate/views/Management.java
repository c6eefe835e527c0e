package dev.gridmate.views;

import dev.gridmate.internal.Journal;
import dev.gridmate.snapshot.SnapshotSource;
import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Registers MBeans, in a Java VM that has {@code java.management}. Without that module nothing
 * happens, and no class of it is asked for.
 */
final class Management {

    private static final boolean IS_PRESENT = Modules.isPresent("java.lang.management.ManagementFactory");

    private Management() {}

    /** {@return what takes the MBean back; null if there is none} */
    static @Nullable Runnable register(SnapshotSource<?> source, String type, Class<? extends Record> picture) {
        return IS_PRESENT ? Registration.of(source, type, picture) : null;
    }

    /** All that needs the module. */
    private static final class Registration {

        private static final System.Logger LOGGER = System.getLogger(Management.class.getName());
        private static final Pattern PLAIN = Pattern.compile("[\\w.-]+");

        /**
         * Tells a reader of the system's properties that this process has had MBeans of ours: it
         * need not start a JMX agent in every Java VM to find that out.
         */
        private static final String MARK = "dev.gridmate.managed";

        private Registration() {}

        static @Nullable Runnable of(SnapshotSource<?> source, String type, Class<? extends Record> picture) {
            String name = PLAIN.matcher(source.name()).matches() ? source.name() : ObjectName.quote(source.name());
            try {
                MBeanServer server = ManagementFactory.getPlatformMBeanServer();
                ObjectName object = new ObjectName("dev.gridmate:type=" + type + ",name=" + name);
                server.registerMBean(new ManagedSource(source, picture), object);
                System.setProperty(MARK, "true");
                return () -> unregister(server, object);
            } catch (JMException | RuntimeException e) { // another class loader has this library too, and the name
                Journal.write(LOGGER, System.Logger.Level.DEBUG, "no MBean for " + source.name(), e);
                return null;
            }
        }

        private static void unregister(MBeanServer server, ObjectName object) {
            try {
                server.unregisterMBean(object);
            } catch (JMException | RuntimeException e) { // somebody else has taken it away
                Journal.write(LOGGER, System.Logger.Level.DEBUG, "no MBean any more: " + object, e);
            }
        }
    }
}
