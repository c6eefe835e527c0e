package dev.gridmate.carrier.wire;

/**
 * The numbers of the previous messages in a datagram, a pair for each channel, to which the
 * shortcuts of {@link MessageHeader} refer. Reader and writer both use this class, so they cannot
 * come to differ.
 */
final class ChannelNumbers {

    private final int[] seq = new int[MessageHeader.CHANNELS];
    private final int[] reliableSeq = new int[MessageHeader.CHANNELS];
    private int channel;

    /** A bit for each channel with a message in this datagram. */
    private int known;

    /** At the start of a datagram there are no previous messages. */
    void clear() {
        channel = 0;
        known = 0;
    }

    /** {@return the channel of the previous message; 0 at the start} */
    int channel() {
        return channel;
    }

    /** {@return true if this channel has a message in this datagram} */
    boolean isKnown(int channel) {
        return (known >>> channel & 1) != 0;
    }

    int reliableSeq(int channel) {
        return reliableSeq[channel];
    }

    /** {@return what an absent {@code seq} means} */
    int nextSeq(int channel) {
        return SequenceNumber.next(seq[channel]);
    }

    /** {@return what an absent {@code reliableSeq} means} */
    int nextReliableSeq(int channel, boolean isReliable) {
        return SequenceNumber.add(reliableSeq[channel], isReliable ? 1 : 0);
    }

    void onMessage(MessageHeader header) {
        channel = header.channel;
        seq[channel] = header.seq;
        reliableSeq[channel] = header.reliableSeq;
        known |= 1 << channel;
    }
}
