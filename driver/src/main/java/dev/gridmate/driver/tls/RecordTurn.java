package dev.gridmate.driver.tls;

/**
 * What one connection may have of an update, however often it is read in it, and what ends it:
 * records that cost the same as any other, and bring nothing. A request for new keys has 27 bytes,
 * and costs more than a packet.
 */
final class RecordTurn {

    /**
     * Records of one turn. The rest waits for the next update, in which others have their turns
     * too.
     */
    static final int MOST = 512;

    /** Records without data in a row, and of one turn, that are borne. */
    static final int MOST_EMPTY = 32;

    /** Bytes of records without data in a row: an engine keeps what may be a part of a message. */
    static final int MOST_EMPTY_BYTES = 1 << 15;

    static final String TOO_MANY = "the peer sent more than " + MOST_EMPTY + " records, or " + MOST_EMPTY_BYTES
            + " bytes, without data in a row (requests for new keys, warnings, empty records)";

    private long update = -1;
    private int records;
    private int empty;
    private int emptyInARow;
    private int emptyBytesInARow;

    /**
     * The connection is read.
     *
     * @param number of the update; in the same one its turn goes on
     */
    void begin(long number) {
        if (number != update) {
            update = number;
            records = 0;
            empty = 0;
        }
    }

    boolean isOver() {
        return records >= MOST || empty >= MOST_EMPTY;
    }

    /**
     * A record was opened.
     *
     * @param size its bytes; 0 if the engine had something to do first
     * @param data its plaintext
     * @return true if the connection is to end
     */
    boolean endsAfter(int size, int data) {
        records++;
        if (data > 0) {
            emptyInARow = 0;
            emptyBytesInARow = 0;
        } else if (size > 0) {
            empty++;
            emptyInARow++;
            emptyBytesInARow += size;
        }
        return emptyInARow > MOST_EMPTY || emptyBytesInARow > MOST_EMPTY_BYTES;
    }
}
