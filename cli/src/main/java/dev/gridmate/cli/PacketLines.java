package dev.gridmate.cli;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Turns lines into packets, and says which of them cannot be one. */
final class PacketLines {

    private static final HexFormat HEX = HexFormat.of();

    private final LineReader lines;
    private final boolean hex;
    private final boolean keepsCr;
    private final PrintStream err;
    private long lineNumber;
    private boolean sawEmpty;
    private boolean skipped;

    /** @param keepsCr a carriage return at the end of a line is a part of the packet */
    PacketLines(Console console, boolean hex, boolean keepsCr, Runnable wake) {
        // Pairs of digits may have blanks between them; a line may end with two bytes.
        lines = new LineReader(console.in(), PacketSource.MAX_SIZE * (hex ? 3 : 1) + 1, wake);
        err = console.err();
        this.hex = hex;
        this.keepsCr = keepsCr;
    }

    void start() {
        lines.start();
    }

    boolean isAtEnd() {
        return lines.isAtEnd();
    }

    /**
     * Says whether a line could not be sent. Empty ones do not count: there is nothing to send in
     * them.
     */
    boolean skippedAny() {
        return skipped;
    }

    /** Returns the next line that can be a packet; null if there is none yet. */
    @Nullable
    ByteBuffer next() {
        for (byte[] line = lines.poll(); line != null; line = lines.poll()) {
            lineNumber++;
            byte[] bytes = hex ? parse(line) : withoutEnd(line);
            if (bytes.length > PacketSource.MAX_SIZE) {
                skip("is longer than " + PacketSource.MAX_SIZE + " bytes, the largest packet");
            } else if (bytes.length > 0) {
                return ByteBuffer.wrap(bytes);
            } else if (withoutEnd(line).length == 0 && !sawEmpty) {
                sawEmpty = true;
                err.println("empty lines are skipped: a packet has at least 1 byte");
            }
        }
        return null;
    }

    private byte[] withoutEnd(byte[] line) {
        boolean hasCr = !keepsCr && line.length > 0 && line[line.length - 1] == '\r';
        return hasCr ? Arrays.copyOf(line, line.length - 1) : line;
    }

    private byte[] parse(byte[] line) {
        String digits = new String(line, StandardCharsets.ISO_8859_1).replaceAll("\\s", "");
        try {
            return HEX.parseHex(digits);
        } catch (IllegalArgumentException e) {
            skip("is not pairs of hexadecimal digits");
            return new byte[0];
        }
    }

    private void skip(String why) {
        skipped = true;
        err.println("line " + lineNumber + " " + why + ": not sent");
    }
}
