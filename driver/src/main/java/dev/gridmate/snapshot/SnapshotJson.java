package dev.gridmate.snapshot;

import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes pictures as JSON. A record becomes an object with a member for each component, of the same
 * name; {@code null} stays null, an instant is in ISO 8601.
 *
 * <p>Text of peers cannot break out: what is not a plain character, and what has a meaning in HTML,
 * is written as four hexadecimal digits.
 */
public final class SnapshotJson {

    private final StringBuilder json = new StringBuilder(4_096);

    private SnapshotJson() {}

    /**
     * {@return the JSON of a value}
     *
     * @param value a picture or a part of one, or a map or list of those
     */
    public static String of(@Nullable Object value) {
        SnapshotJson writer = new SnapshotJson();
        writer.value(value);
        return writer.json.toString();
    }

    private void value(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            json.append(value);
        } else if (value instanceof Double number) {
            json.append(Double.isFinite(number) ? number.toString() : "null");
        } else if (value instanceof Map<?, ?> map) {
            object(map.entrySet().iterator());
        } else if (value instanceof List<?> list) {
            list(list);
        } else if (value instanceof Record members) {
            record(members);
        } else {
            text(value.toString());
        }
    }

    private void object(Iterator<? extends Map.Entry<?, ?>> members) {
        json.append('{');
        while (members.hasNext()) {
            Map.Entry<?, ?> member = members.next();
            text(String.valueOf(member.getKey()));
            json.append(':');
            value(member.getValue());
            json.append(members.hasNext() ? "," : "");
        }
        json.append('}');
    }

    private void list(List<?> values) {
        json.append('[');
        String before = "";
        for (Object each : values) {
            json.append(before);
            value(each);
            before = ",";
        }
        json.append(']');
    }

    private void record(Record members) {
        json.append('{');
        String before = "";
        for (RecordComponent each : members.getClass().getRecordComponents()) {
            json.append(before);
            text(each.getName());
            json.append(':');
            value(get(members, each));
            before = ",";
        }
        json.append('}');
    }

    private static @Nullable Object get(Record members, RecordComponent component) {
        try {
            return component.getAccessor().invoke(members);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot read " + component + " of " + members.getClass(), e);
        }
    }

    private void text(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each >= ' ' && each < 127 && "\"\\<>&'".indexOf(each) < 0) {
                json.append(each);
            } else {
                json.append("\\u").append(Integer.toHexString(0x1_0000 | each), 1, 5);
            }
        }
        json.append('"');
    }
}
