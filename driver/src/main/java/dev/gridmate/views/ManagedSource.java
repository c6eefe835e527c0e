package dev.gridmate.views;

import dev.gridmate.snapshot.Rates;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotException;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import java.lang.ref.WeakReference;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ReflectionException;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenMBeanAttributeInfoSupport;
import javax.management.openmbean.OpenMBeanConstructorInfo;
import javax.management.openmbean.OpenMBeanInfoSupport;
import javax.management.openmbean.OpenMBeanOperationInfo;
import javax.management.openmbean.OpenMBeanOperationInfoSupport;
import javax.management.openmbean.OpenMBeanParameterInfo;
import javax.management.openmbean.OpenMBeanParameterInfoSupport;
import javax.management.openmbean.SimpleType;
import org.jspecify.annotations.Nullable;

/**
 * The MBean of one driver or carrier: an attribute for each part of its picture, the rates since an
 * earlier one, and an operation that takes a picture as it is asked. All is open data, so that a
 * reader needs no class of this library.
 *
 * <p>It does not keep the driver or carrier alive: one that nobody closed goes as if there were no
 * MBean.
 */
final class ManagedSource implements DynamicMBean {

    /** How long a reader waits for the loop. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Rates are over this time at least. */
    private static final long PERIOD = 1_000_000_000L;

    private static final String RATES = "Rates";
    private static final String SINCE_UPDATE = "SinceUpdateNanos";
    private static final String SNAPSHOT = "snapshot";

    private final WeakReference<SnapshotSource<?>> source;
    private final Class<? extends Record> type;
    private @Nullable Snapshot earlier;
    private @Nullable Rates rates;

    /** @param type the pictures */
    ManagedSource(SnapshotSource<?> source, Class<? extends Record> type) {
        this.source = new WeakReference<>(source);
        this.type = type;
    }

    private Record picture(SnapshotRequest request) throws MBeanException {
        SnapshotSource<?> present = source.get();
        if (present == null) {
            throw new MBeanException(new IllegalStateException("it is gone, and nobody closed it"));
        }
        try {
            Snapshot taken = present.awaitSnapshot(request, PATIENCE);
            onTaken(taken);
            return (Record) taken;
        } catch (SnapshotException e) {
            // A reader elsewhere may not have this library's class.
            throw new MBeanException(new IllegalStateException(e.getMessage()), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MBeanException(e, "interrupted");
        }
    }

    private synchronized void onTaken(Snapshot taken) {
        Snapshot before = earlier;
        if (before == null) {
            earlier = taken;
        } else if (taken.source().upNanos() - before.source().upNanos() >= PERIOD) {
            rates = taken.rates(before);
            earlier = taken;
        }
    }

    private synchronized @Nullable Rates rates() {
        return rates;
    }

    // ------------------------------------------------------------ attributes

    private static String nameOf(RecordComponent component) {
        String name = component.getName();
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    @Override
    public @Nullable Object getAttribute(String name) throws AttributeNotFoundException, MBeanException {
        Once<Record> picture = new Once<>(() -> picture(SnapshotRequest.DEFAULT));
        return attribute(name, picture);
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        Once<Record> picture = new Once<>(() -> picture(SnapshotRequest.DEFAULT));
        AttributeList values = new AttributeList();
        for (String each : names) {
            addIfReadable(values, each, picture);
        }
        return values;
    }

    // As the interface asks: what cannot be read is missing.
    private void addIfReadable(AttributeList values, String name, Once<Record> picture) {
        try {
            values.add(new Attribute(name, attribute(name, picture)));
        } catch (AttributeNotFoundException | MBeanException missing) {
            return;
        }
    }

    private @Nullable Object attribute(String name, Once<Record> picture)
            throws AttributeNotFoundException, MBeanException {
        if (name.equals(SINCE_UPDATE)) {
            SnapshotSource<?> present = source.get();
            return present == null ? 0L : present.sinceUpdate().toNanos();
        }
        if (name.equals(RATES)) {
            Record ignored = picture.get();
            return OpenData.write(Rates.class, rates());
        }
        for (RecordComponent each : type.getRecordComponents()) {
            if (nameOf(each).equals(name)) {
                return OpenData.of(picture.get()).get(each.getName());
            }
        }
        throw new AttributeNotFoundException(name);
    }

    /** A picture that is taken once, if it is needed. */
    private static final class Once<T> {

        interface Taking<T> {
            T take() throws MBeanException;
        }

        private final Taking<T> taking;
        private @Nullable T taken;

        Once(Taking<T> taking) {
            this.taking = taking;
        }

        T get() throws MBeanException {
            T present = taken == null ? taking.take() : taken;
            taken = present;
            return present;
        }
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException("nothing can be set");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    // ------------------------------------------------------------ the operation

    @Override
    public Object invoke(String action, @Nullable Object[] parameters, String[] signature)
            throws MBeanException, ReflectionException {
        if (!action.equals(SNAPSHOT) || parameters.length != 2) {
            throw new ReflectionException(new NoSuchMethodException(action));
        }
        try {
            SnapshotRequest.Sort sort = SnapshotRequest.Sort.valueOf(String.valueOf(parameters[0]));
            int limit = parameters[1] instanceof Integer number ? number : SnapshotRequest.DEFAULT.limit();
            return OpenData.of(picture(new SnapshotRequest(sort, limit)));
        } catch (IllegalArgumentException e) {
            throw new MBeanException(e, e.getMessage());
        }
    }

    // ------------------------------------------------------------ what it is

    @Override
    public MBeanInfo getMBeanInfo() {
        List<OpenMBeanAttributeInfo> attributes = new ArrayList<>();
        for (RecordComponent each : type.getRecordComponents()) {
            attributes.add(readable(nameOf(each), "the part of the picture of this name", each::getGenericType));
        }
        attributes.add(readable(RATES, "per second, between two pictures that were read", () -> Rates.class));
        attributes.add(readable(SINCE_UPDATE, "how long ago the last update began", () -> long.class));
        OpenMBeanParameterInfo[] parameters = {
            new OpenMBeanParameterInfoSupport("sort", "which connections come first", SimpleType.STRING),
            new OpenMBeanParameterInfoSupport("limit", "how many of them, 0 to 10,000", SimpleType.INTEGER)
        };
        OpenMBeanOperationInfo snapshot = new OpenMBeanOperationInfoSupport(
                SNAPSHOT, "takes a picture", parameters, OpenData.typeOf(type), MBeanOperationInfo.INFO);
        return new OpenMBeanInfoSupport(
                type.getName(),
                "A running " + type.getSimpleName().replace("Snapshot", ""),
                attributes.toArray(new OpenMBeanAttributeInfo[0]),
                new OpenMBeanConstructorInfo[0],
                new OpenMBeanOperationInfo[] {snapshot},
                null);
    }

    private static OpenMBeanAttributeInfo readable(
            String name, String description, Supplier<java.lang.reflect.Type> type) {
        return new OpenMBeanAttributeInfoSupport(name, description, OpenData.typeOf(type.get()), true, false, false);
    }
}
