package dev.gridmate.carrier;

import java.nio.charset.StandardCharsets;

/**
 * A message as it came over the wire.
 *
 * @param at when its datagram left, in milliseconds since the test began
 * @param datagram the number of its datagram
 * @param channel 3 is the carrier's own
 * @param systemId what a message of the carrier's own is; -1 for a user message
 * @param reliable as in its header
 * @param isConnecting as in its header
 * @param chunks as in its header
 * @param seq its number
 * @param reliableSeq its number among the reliable ones
 * @param payload its bytes, with the id of the carrier's own
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these as a whole
record Heard(
        long at,
        int datagram,
        int channel,
        int systemId,
        boolean reliable,
        boolean isConnecting,
        int chunks,
        int seq,
        int reliableSeq,
        byte[] payload) {

    boolean isUsers() {
        return channel < 3;
    }

    String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
