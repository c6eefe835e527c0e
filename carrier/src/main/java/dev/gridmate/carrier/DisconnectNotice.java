package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.DisconnectPayload;
import dev.gridmate.internal.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What one side tells the other when it ends a connection or refuses one: a code for the program,
 * and words for the player. The other side reads it in {@link CarrierDisconnectReason#peerCode()}
 * and {@link CarrierDisconnectReason#peerText()}.
 *
 * <pre>{@code
 * carrier.disconnect(id, DisconnectNotice.KICKED.withText("be nice"));
 * }</pre>
 *
 * <p>A peer of the original gets the end without the notice.
 *
 * @param code 1 to 5 have the names below; 64 to 255 are the program's own
 * @param text words, at most 255 bytes of UTF-8; may be empty
 */
public record DisconnectNotice(int code, String text) {

    /** There are as many connections as there may be. The carrier itself tells this. */
    public static final DisconnectNotice FULL = new DisconnectNotice(1, "");

    /** This player may not come in. */
    public static final DisconnectNotice BANNED = new DisconnectNotice(2, "");

    /** This player must leave. */
    public static final DisconnectNotice KICKED = new DisconnectNotice(3, "");

    /** The two programs have different versions. The carrier itself tells this. */
    public static final DisconnectNotice WRONG_VERSION = new DisconnectNotice(4, "");

    /** The program ends. A carrier that is closed tells this itself. */
    public static final DisconnectNotice SHUTTING_DOWN = new DisconnectNotice(5, "");

    private static final int LAST_NAMED = 5;
    private static final int FIRST_OWN = 64;
    private static final int LAST_OWN = 255;
    private static final String[] NAMES = {"", "FULL", "BANNED", "KICKED", "WRONG_VERSION", "SHUTTING_DOWN"};

    /**
     * Checks the parts.
     *
     * @param code the code
     * @param text the words
     * @throws IllegalArgumentException if the code is not one of those above, or the text is longer
     *     than 255 bytes
     */
    public DisconnectNotice {
        Objects.requireNonNull(text, "text");
        if ((code < 1 || code > LAST_NAMED) && (code < FIRST_OWN || code > LAST_OWN)) {
            throw new IllegalArgumentException(
                    "code is " + code + ", it must be 64 to 255, or that of one of the constants: 1 to 5");
        }
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        if (length > DisconnectPayload.MAX_TEXT) {
            throw new IllegalArgumentException(
                    "text has " + length + " bytes of UTF-8, it must have at most " + DisconnectPayload.MAX_TEXT);
        }
    }

    /**
     * {@return a notice with a code of the program's own}
     *
     * @param code 64 to 255
     * @param text words, at most 255 bytes of UTF-8; may be empty
     * @throws IllegalArgumentException as the constructor
     */
    public static DisconnectNotice of(int code, String text) {
        return new DisconnectNotice(code, text);
    }

    /**
     * {@return a notice with the same code and other words}
     *
     * @param words at most 255 bytes of UTF-8; may be empty
     * @throws IllegalArgumentException if they are longer
     */
    public DisconnectNotice withText(String words) {
        return new DisconnectNotice(code, words);
    }

    /** {@return code and words, for people} The words are escaped for a terminal. */
    @Override
    public String toString() {
        return describe(code, text);
    }

    static String describe(int code, String text) {
        String name = code < NAMES.length ? NAMES[code] : "code " + code;
        return text.isEmpty() ? name : name + " " + Printable.quoted(text);
    }
}
