package dev.gridmate.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A range of packet sizes in bytes, as the user wrote it. */
record Size(int smallest, int largest) {

    static Size parse(String text) {
        int dash = text.indexOf('-');
        try {
            int from = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            int to = dash < 0 ? from : Integer.parseInt(text.substring(dash + 1));
            if (from >= 1 && from <= to && to <= PacketSource.MAX_SIZE) {
                return new Size(from, to);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException(
                "'" + text + "' is not a size: N or MIN-MAX, from 1 to " + PacketSource.MAX_SIZE + " bytes");
    }

    /** For picocli. */
    static final class Converter implements ITypeConverter<Size> {
        @Override
        public Size convert(String value) {
            return parse(value);
        }
    }
}
