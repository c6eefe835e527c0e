package dev.gridmate.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times and shares as people write them, with their unit or without: 5, 5s, 20ms, 5%. */
final class Units {

    private static final Pattern TIME = Pattern.compile("(-?[0-9]*\\.?[0-9]+)\\s*(ms|s|m|min|h)?");
    private static final Pattern PERCENT = Pattern.compile("(-?[0-9]*\\.?[0-9]+)\\s*%?");

    private Units() {}

    /** Returns a time in seconds; a number without a unit is one of {@code unit}. */
    private static double seconds(String text, String unit, String example) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a time: a number, for example " + example);
        }
        double number = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2) == null ? unit : matcher.group(2)) {
            case "ms" -> number / 1000;
            case "s" -> number;
            case "h" -> number * 3600;
            default -> number * 60;
        };
    }

    /** Seconds, of any time. */
    static final class Seconds implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            return seconds(value, "s", "5, 5s, 500ms or 2m");
        }
    }

    /** Whole milliseconds, of any time. */
    static final class Milliseconds implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return (int) Math.min(Integer.MAX_VALUE, Math.round(seconds(value, "ms", "20, 20ms or 0.1s") * 1000));
        }
    }

    /** So many of a hundred. */
    static final class Percent implements ITypeConverter<Double> {
        @Override
        public Double convert(String value) {
            Matcher matcher = PERCENT.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is not a share: of a hundred, for example 5 or 5%");
            }
            return Double.parseDouble(matcher.group(1));
        }
    }
}
