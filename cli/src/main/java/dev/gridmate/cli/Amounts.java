package dev.gridmate.cli;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Amounts in few characters, for a table: {@code 1.2M}, {@code 3.4 ms}. */
final class Amounts {

    private static final String PREFIXES = " kMGTPE";

    private Amounts() {}

    /** Writes a number in at most five characters, in powers of a thousand. */
    static String count(double amount) {
        double rest = amount;
        int prefix = 0;
        while (Math.abs(rest) >= 999.5 && prefix < PREFIXES.length() - 1) {
            rest /= 1000;
            prefix++;
        }
        String digits = format(prefix > 0 && Math.abs(rest) < 99.95 ? "%.1f" : "%.0f", rest);
        return prefix == 0 ? digits : digits + PREFIXES.charAt(prefix);
    }

    /** The same of a whole number. */
    static String count(long amount) {
        return count((double) amount);
    }

    /** Writes a time with its unit, at most seven characters. */
    static String time(long nanos) {
        double micros = nanos / 1e3;
        if (micros < 999.5) {
            return format("%.0f us", micros);
        }
        if (micros < 999_500) {
            return format(micros < 99_950 ? "%.1f ms" : "%.0f ms", micros / 1e3);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        if (seconds < 100) {
            return format("%.1f s", nanos / 1e9);
        }
        long minutes = seconds / 60;
        if (minutes < 100) {
            return minutes + " min";
        }
        return minutes < 100 * 60 ? minutes / 60 + " h" : minutes / 60 / 24 + " d";
    }

    /** Writes a share of the whole, 0 to 1, as of a hundred. */
    static String percent(double share) {
        double percent = share * 100;
        return format(percent > 0 && percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
