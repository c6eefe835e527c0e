package dev.gridmate.carrier.wire;

/**
 * The numbers that went before in a datagram, a pair for each channel, which the shortcuts of {@link MessageHeader} refer
 * to. Reader and writer keep the same, and so cannot come to differ.
 */
final class ChannelNumbers {

    private final int[] seq = new int[MessageHeader.CHANNELS];
    private final int[] reliableSeq = new int[MessageHeader.CHANNELS];
    private int channel;
    private int known;

    /** At the start of a datagram nothing went before. */
    void clear() {
        channel = 0;
        known = 0;
    }

    /** Returns the channel of the message before, 0 at the start. */
    int channel() {
        return channel;
    }

    /** Says whether a message of this channel went before. */
    boolean isKnown(int channel) {
        return (known >>> channel & 1) != 0;
    }

    int seq(int channel) {
        return seq[channel];
    }

    int reliableSeq(int channel) {
        return reliableSeq[channel];
    }

    /** Returns what an absent {@code seq} stands for. */
    int nextSeq(int channel) {
        return SequenceNumber.next(seq[channel]);
    }

    /** Returns what an absent {@code reliableSeq} stands for. */
    int nextReliableSeq(int channel, boolean reliable) {
        return SequenceNumber.add(reliableSeq[channel], reliable ? 1 : 0);
    }

    void onMessage(int channel, int seq, int reliableSeq) {
        this.channel = channel;
        this.seq[channel] = seq;
        this.reliableSeq[channel] = reliableSeq;
        known |= 1 << channel;
    }
}
