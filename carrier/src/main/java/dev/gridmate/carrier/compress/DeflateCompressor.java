package dev.gridmate.carrier.compress;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** One carrier's DEFLATE, begun anew for each datagram. */
final class DeflateCompressor implements Compressor {

    /**
     * The JDK's pages ask for a byte behind such a stream, for versions of zlib that were old when
     * they were written.
     */
    private static final boolean IS_RAW = true;

    private final Deflater deflater;
    private final Inflater inflater = new Inflater(IS_RAW);

    // What fills its room exactly may not have said yet that it is at its end: asking for one byte
    // more has it say so.
    private final byte[] oneMore = new byte[1];

    DeflateCompressor(int level) {
        deflater = new Deflater(level, IS_RAW);
    }

    @Override
    public boolean compress(ByteBuffer from, ByteBuffer into) {
        int size = from.remaining();
        try {
            deflater.setInput(from);
            deflater.finish();
            while (!deflater.finished() && into.hasRemaining()) {
                deflater.deflate(into);
            }
            if (!deflater.finished() && deflater.deflate(oneMore) > 0) {
                return false;
            }
            return deflater.finished() && deflater.getBytesWritten() < size;
        } finally {
            deflater.reset(); // which lets go of the datagram too
        }
    }

    @Override
    public boolean decompress(ByteBuffer from, ByteBuffer into) {
        try {
            inflater.setInput(from);
            inflate(into);
            if (!inflater.finished() && inflater.inflate(oneMore) > 0) {
                return false;
            }
            return inflater.finished() && !from.hasRemaining();
        } catch (DataFormatException e) {
            return false;
        } finally {
            inflater.reset();
        }
    }

    private void inflate(ByteBuffer into) throws DataFormatException {
        while (!inflater.finished() && into.hasRemaining()) {
            if (inflater.inflate(into) == 0) {
                return; // it ends too early, or wants a dictionary
            }
        }
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
