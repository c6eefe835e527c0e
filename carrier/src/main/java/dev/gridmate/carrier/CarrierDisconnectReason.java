package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.DisconnectPayload;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection ended, or never came to be.
 *
 * @param code the kind of reason, for programs
 * @param detail the particulars with their numbers, which side it was, and what the other side said
 *     with it, for people; what the other side said is escaped
 * @param peerCode the code of the {@link DisconnectNotice} that the other side sent, 1 to 255; 0 if
 *     it sent none
 * @param peerText the words of that notice, empty if there are none; at most 255 characters, which
 *     may be any: escape them before a terminal or a log line shows them
 */
public record CarrierDisconnectReason(Code code, String detail, int peerCode, String peerText) {

    /**
     * The kinds of reasons. The names are the original's without the prefix {@code DISCONNECT_};
     * the order is the wire's, on which a reason is the number of its constant.
     */
    public enum Code {
        /** One of the two programs asked for it. */
        USER_REQUESTED,
        /**
         * Nothing was heard from the peer for the connection timeout, it acknowledged nothing for
         * as long, or the round trip time or the loss stayed above its threshold. The detail says
         * which of these it was.
         */
        BAD_CONNECTION,
        /** Too much came in that is not a datagram of a carrier. */
        BAD_PACKETS,
        /** The driver's connection underneath broke, or could not be made. */
        DRIVER_ERROR,
        /**
         * The handshake of one of the two sides refused, or the peer has as many connections as it
         * may.
         */
        HANDSHAKE_REJECTED,
        /** The handshake did not finish in time. */
        HANDSHAKE_TIMEOUT,
        /**
         * The peer began a new connection while this one was established, so it must have lost it,
         * by a restart for example. The connection ends on both sides, and the peer can connect
         * again.
         */
        WAS_ALREADY_CONNECTED,
        /** The carrier of one of the two sides was closed. */
        SHUTTING_DOWN,
        /** Only a peer of the original sends this. */
        DEBUG_DELETE_CONNECTION,
        /** The two programs have different versions. */
        VERSION_MISMATCH,
        /**
         * No address is known for the name of the host: there is no such host, or the look-up
         * failed or took too long. Never on the wire.
         */
        UNKNOWN_HOST;

        private static final Code[] BY_NUMBER = values();

        /** {@return the code of a number on the wire; null if it has none} */
        @SuppressWarnings("EnumOrdinal") // the order of the constants is the wire's
        static @Nullable Code ofNumber(int number) {
            return number < UNKNOWN_HOST.ordinal() ? BY_NUMBER[number] : null;
        }

        /** {@return the number on the wire} */
        @SuppressWarnings("EnumOrdinal") // the order of the constants is the wire's
        int number() {
            return ordinal();
        }
    }

    /**
     * Checks the parts.
     *
     * @param code the kind of reason
     * @param detail the particulars
     * @param peerCode the code of the other side's notice
     * @param peerText its words
     */
    public CarrierDisconnectReason {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(peerText, "peerText");
    }

    /**
     * Makes a reason without a notice.
     *
     * @param code the kind of reason
     * @param detail the particulars
     */
    public CarrierDisconnectReason(Code code, String detail) {
        this(code, detail, 0, "");
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    static CarrierDisconnectReason of(Code code, String format, Object... numbers) {
        return new CarrierDisconnectReason(code, String.format(Locale.ROOT, format, numbers));
    }

    /**
     * {@return the reason that a peer gave} A number that has no name, from a newer peer perhaps,
     * ends the connection too.
     *
     * @param between what the peer sent behind the reason
     */
    static CarrierDisconnectReason ofPeer(int number, ByteBuffer between) {
        Code known = Code.ofNumber(number);
        CarrierDisconnectReason reason = known == null
                ? of(Code.USER_REQUESTED, "the peer ended it, with the unknown reason %d", number)
                : of(known, "the peer ended it");
        return reason.withNotice(": ", between);
    }

    /** {@return this reason for an end that the peer asked for as well, at the same time} */
    CarrierDisconnectReason crossedBy(ByteBuffer between) {
        return withNotice("; the peer ended it, too: ", between);
    }

    private CarrierDisconnectReason withNotice(String before, ByteBuffer between) {
        int number = DisconnectPayload.code(between);
        String text = DisconnectPayload.text(between);
        return number == 0
                ? this
                : new CarrierDisconnectReason(
                        code, detail + before + DisconnectNotice.describe(number, text), number, text);
    }

    /** {@return this reason, with what this side says with it} */
    CarrierDisconnectReason saying(@Nullable DisconnectNotice notice) {
        return notice == null ? this : new CarrierDisconnectReason(code, detail + ": " + notice);
    }

    /** {@return code and detail} What the other side said is escaped. */
    @Override
    public String toString() {
        return code + ": " + detail;
    }
}
