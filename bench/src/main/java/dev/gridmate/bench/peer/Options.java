package dev.gridmate.bench.peer;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The options of all roles: {@code --name value}. */
final class Options {

    private static final Set<String> NAMES =
            Set.of("mode", "port", "connections", "packets", "size", "hz", "warmup", "seconds");

    private final Map<String, String> values;

    private Options(Map<String, String> values) {
        this.values = values;
    }

    static Options parse(List<String> args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i);
            if (!name.startsWith("--") || !NAMES.contains(name.substring(2))) {
                throw new Failure("there is no option " + name);
            }
            if (i + 1 == args.size()) {
                throw new Failure(name + " needs a value");
            }
            values.put(name.substring(2), args.get(i + 1));
        }
        return new Options(values);
    }

    Mode mode() {
        String mode = values.getOrDefault("mode", "blocking");
        try {
            return Mode.valueOf(mode.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new Failure("--mode is polled or blocking, not " + mode);
        }
    }

    int port() {
        return (int) number("port", -1, 1, 65_535);
    }

    int connections() {
        return (int) number("connections", -1, 1, 1_000_000);
    }

    int packets() {
        return (int) number("packets", -1, 1, 1_000_000);
    }

    int size(int otherwise) {
        return (int) number("size", otherwise, 1, 65_535);
    }

    int hz() {
        return (int) number("hz", 60, 1, 100_000);
    }

    long warmupNanos() {
        return (long) (number("warmup", 1, 0, 86_400) * 1e9);
    }

    long measuredNanos() {
        return (long) (number("seconds", 3, 0, 86_400) * 1e9);
    }

    private double number(String name, double otherwise, double least, double most) {
        String text = values.get(name);
        if (text == null && otherwise >= least) {
            return otherwise;
        } else if (text == null) {
            throw new Failure("this role needs --" + name);
        }
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Failure("--" + name + " is a number from " + (long) least + " to " + (long) most + ", not " + text);
    }
}
