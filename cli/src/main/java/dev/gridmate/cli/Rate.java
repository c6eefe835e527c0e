package dev.gridmate.cli;

import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Packets per second, as the user wrote it. */
record Rate(double perSecond) {

    static Rate parse(String text) {
        try {
            double value = Double.parseDouble(text.replaceFirst("(?i)(/s|hz)$", ""));
            if (value > 0 && value <= 1e9) {
                return new Rate(value);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("'" + text + "' is not a rate: packets per second, for example 1000/s");
    }

    double nanosPerPacket() {
        return TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<Rate> {
        @Override
        public Rate convert(String value) {
            return parse(value);
        }
    }
}
