package dev.gridmate.carrier.link;

import dev.gridmate.carrier.wire.MessageHeader;

/** The program's messages on the way in: its channels, which take turns. */
final class UserInbox {

    private final ReceiveChannel[] channels = new ReceiveChannel[MessageHeader.SYSTEM_CHANNEL];
    private final ReceiveBudget.Share share;
    private int nextTurn;

    UserInbox(MessagePool pool, ReceiveBudget.Share share) {
        this.share = share;
        for (int channel = 0; channel < channels.length; channel++) {
            channels[channel] = new ReceiveChannel(pool, share);
        }
    }

    int channelCount() {
        return channels.length;
    }

    ReceiveChannel channel(int channel) {
        return channels[channel];
    }

    /** {@return the channel whose turn it is to be received from; -1 if no message waits} */
    int nextChannelWithMessages() {
        for (int i = 0; i < channels.length; i++) {
            int channel = (nextTurn + i) % channels.length;
            if (channels[channel].whole().count() > 0) {
                nextTurn = channel + 1;
                return channel;
            }
        }
        return -1;
    }

    /** How many whole messages wait. */
    int count() {
        int sum = 0;
        for (ReceiveChannel channel : channels) {
            sum += channel.whole().count();
        }
        return sum;
    }

    /** Bytes of memory that are held. */
    long bytes() {
        long sum = 0;
        for (ReceiveChannel channel : channels) {
            sum += channel.bytes();
        }
        return sum;
    }

    /** {@return the most that was ever held} */
    long mostBytes() {
        return share.most();
    }

    /** {@return true if the carrier has memory for so many bytes more} */
    boolean hasRoomFor(long size) {
        return share.hasRoomFor(size);
    }

    /** Drops what is not whole, when nothing more comes. */
    void dropUnfinished() {
        for (ReceiveChannel channel : channels) {
            channel.dropUnfinished();
        }
    }

    void clear() {
        for (ReceiveChannel channel : channels) {
            channel.clear();
        }
    }
}
