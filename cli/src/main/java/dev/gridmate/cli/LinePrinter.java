package dev.gridmate.cli;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Prints what comes from a server, as a line each. */
final class LinePrinter {

    private static final HexFormat HEX = HexFormat.of();

    private final PrintStream out;
    private final boolean hex;
    private byte[] copy = new byte[1024];

    LinePrinter(PrintStream out, boolean hex) {
        this.out = out;
        this.hex = hex;
    }

    void print(ByteBuffer bytes) {
        int size = bytes.remaining();
        if (copy.length < size) {
            copy = new byte[Math.max(size, PacketSource.MAX_SIZE)];
        }
        bytes.get(copy, 0, size);
        if (hex) {
            out.print(HEX.formatHex(copy, 0, size));
        } else {
            out.write(copy, 0, size);
        }
        out.write('\n');
    }
}
