package dev.gridmate.views;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.management.openmbean.ArrayType;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import javax.management.openmbean.TabularData;
import javax.management.openmbean.TabularDataSupport;
import javax.management.openmbean.TabularType;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into the open data of JMX, and back: a record into composite data with an item for
 * each component, a map into a table of {@code key} and {@code value}, a list into an array, an
 * instant into text.
 *
 * <p>A record is read back from what another version wrote: an item that is missing is null, 0 or
 * empty, and one that is unknown is left out.
 */
public final class OpenData {

    private static final String KEY = "key";
    private static final String VALUE = "value";
    private static final Map<Class<?>, OpenType<?>> SIMPLE = Map.of(
            long.class, SimpleType.LONG,
            Long.class, SimpleType.LONG,
            int.class, SimpleType.INTEGER,
            Integer.class, SimpleType.INTEGER,
            double.class, SimpleType.DOUBLE,
            Double.class, SimpleType.DOUBLE,
            boolean.class, SimpleType.BOOLEAN,
            String.class, SimpleType.STRING,
            Instant.class, SimpleType.STRING);

    /** A picture has many records of a few classes, and a type costs more than values. */
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private record Shape(CompositeType open, List<RecordComponent> components) {

        private static Shape of(Class<?> type) {
            List<RecordComponent> components = List.of(type.getRecordComponents());
            String[] names = components.stream().map(RecordComponent::getName).toArray(String[]::new);
            OpenType<?>[] types = components.stream()
                    .map(each -> typeOf(each.getGenericType()))
                    .toArray(OpenType<?>[]::new);
            String name = type.getSimpleName();
            try {
                return new Shape(new CompositeType(name, name, names, names, types), components);
            } catch (OpenDataException e) {
                throw new IllegalArgumentException("no open type for " + type, e);
            }
        }
    }

    private OpenData() {}

    /** {@return the open type of a Java type} */
    public static OpenType<?> typeOf(Type type) {
        try {
            return type instanceof ParameterizedType generic ? generic(generic) : plain((Class<?>) type);
        } catch (OpenDataException e) {
            throw new IllegalArgumentException("no open type for " + type, e);
        }
    }

    private static OpenType<?> plain(Class<?> type) {
        OpenType<?> simple = SIMPLE.get(type);
        return simple == null ? SHAPES.get(type).open : simple;
    }

    private static OpenType<?> generic(ParameterizedType type) throws OpenDataException {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Map.class) {
            OpenType<?>[] columns = {SimpleType.STRING, typeOf(arguments[1])};
            String[] names = {KEY, VALUE};
            CompositeType row = new CompositeType("row", "an entry", names, names, columns);
            return new TabularType("map", "a map", row, new String[] {KEY});
        }
        return new ArrayType<>(1, typeOf(arguments[0]));
    }

    /** {@return a record as open data} */
    public static CompositeData of(Record values) {
        return (CompositeData) Objects.requireNonNull(write(values.getClass(), values));
    }

    /** {@return a value of a Java type as open data} */
    public static @Nullable Object write(Type type, @Nullable Object value) {
        try {
            return value == null ? null : writeKnown(type, value);
        } catch (ReflectiveOperationException | OpenDataException e) {
            throw new IllegalArgumentException("cannot write " + type, e);
        }
    }

    private static Object writeKnown(Type type, Object value) throws ReflectiveOperationException, OpenDataException {
        if (value instanceof Map<?, ?> map) {
            return table((ParameterizedType) type, map);
        }
        if (value instanceof List<?> list) {
            return array((ParameterizedType) type, list);
        }
        if (value instanceof Record members) {
            Shape shape = SHAPES.get(members.getClass());
            Map<String, @Nullable Object> items = new LinkedHashMap<>();
            for (RecordComponent each : shape.components) {
                items.put(
                        each.getName(),
                        write(each.getGenericType(), each.getAccessor().invoke(members)));
            }
            return new CompositeDataSupport(shape.open, items);
        }
        return value instanceof Instant time ? time.toString() : value;
    }

    private static TabularData table(ParameterizedType type, Map<?, ?> map) throws OpenDataException {
        TabularType open = (TabularType) typeOf(type);
        TabularDataSupport table = new TabularDataSupport(open);
        for (Map.Entry<?, ?> each : map.entrySet()) {
            Object value = write(type.getActualTypeArguments()[1], each.getValue());
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put(KEY, each.getKey());
            row.put(VALUE, value);
            table.put(new CompositeDataSupport(open.getRowType(), row));
        }
        return table;
    }

    private static Object array(ParameterizedType type, List<?> list) throws ReflectiveOperationException {
        Type element = type.getActualTypeArguments()[0];
        Class<?> of = Class.forName(typeOf(element).getClassName());
        @Nullable Object[] array = (@Nullable Object[]) java.lang.reflect.Array.newInstance(of, list.size());
        for (int i = 0; i < array.length; i++) {
            array[i] = write(element, list.get(i));
        }
        return array;
    }

    /** {@return a record read back from open data} */
    public static <R extends Record> R read(Class<R> type, CompositeData data) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Constructor<R> constructor = type.getConstructor(types);
            @Nullable Object[] values = new @Nullable Object[components.length];
            for (int i = 0; i < values.length; i++) {
                String name = components[i].getName();
                values[i] = read(components[i].getGenericType(), data.containsKey(name) ? data.get(name) : null);
            }
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot read " + type.getName() + " from " + data, e);
        }
    }

    private static @Nullable Object read(Type type, @Nullable Object data) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == Map.class ? map(generic, data) : list(generic, data);
        }
        Class<?> plain = (Class<?>) type;
        if (data == null) {
            return plain.isPrimitive() ? zero(plain) : null;
        }
        if (plain.isRecord() && data instanceof CompositeData members) {
            return read(plain.asSubclass(Record.class), members);
        }
        return plain == Instant.class ? Instant.parse((String) data) : data;
    }

    private static Object zero(Class<?> primitive) {
        return primitive == boolean.class ? false : primitive == double.class ? 0.0 : number(primitive);
    }

    private static Object number(Class<?> primitive) {
        return primitive == long.class ? (Object) 0L : (Object) 0;
    }

    private static Map<String, @Nullable Object> map(ParameterizedType type, @Nullable Object data) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (data instanceof TabularData table) {
            for (Object each : table.values()) {
                CompositeData row = (CompositeData) each;
                map.put((String) row.get(KEY), read(type.getActualTypeArguments()[1], row.get(VALUE)));
            }
        }
        return map;
    }

    private static List<@Nullable Object> list(ParameterizedType type, @Nullable Object data) {
        List<@Nullable Object> list = new ArrayList<>();
        if (data instanceof Object[] array) {
            for (Object each : array) {
                list.add(read(type.getActualTypeArguments()[0], each));
            }
        }
        return list;
    }
}
