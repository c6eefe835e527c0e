package dev.gridmate.monitor;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands behind the question mark of an address. */
final class Query {

    private final Map<String, String> values = new HashMap<>();

    /** @throws IllegalArgumentException if a percent sign has no two digits behind it */
    Query(URI address) {
        String query = address.getRawQuery();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                String[] parts = pair.split("=", 2);
                values.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
            }
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** {@return the value; the other one if there is none} */
    String get(String name, String otherwise) {
        @Nullable String value = values.get(name);
        return value == null ? otherwise : value;
    }
}
