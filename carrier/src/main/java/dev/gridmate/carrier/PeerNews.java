package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.MessageHeader;
import org.jspecify.annotations.Nullable;

/** What one connection tells, and how often at the most. */
final class PeerNews {

    private static final long RATE_INTERVAL = 1_000 * CarrierTime.MILLISECOND;

    private final ConnectionId id;
    private final News<?, ?> news;
    private final Teller teller;
    private final Once errors = new Once();
    private final Once channels = new Once();
    private final @Nullable Runnable[] receiveEvents = new @Nullable Runnable[MessageHeader.SYSTEM_CHANNEL];
    private long nextRateChange;

    PeerNews(ConnectionId id, News<?, ?> news, Teller teller) {
        this.id = id;
        this.news = news;
        this.teller = teller;
    }

    void onMessages(int channel) {
        if (news.isHeard() && channels.isFirst(1 << channel, news.turn())) {
            receiveEvent(channel).run();
        }
    }

    private Runnable receiveEvent(int channel) {
        Runnable event = receiveEvents[channel];
        if (event == null) {
            event = teller.receiveEvent(id, channel);
            receiveEvents[channel] = event;
        }
        return event;
    }

    void onSecurityError(SecurityError error) {
        if (news.isHeard() && errors.isFirst(error.bit(), news.turn())) {
            teller.onSecurityError(id, error);
        }
    }

    /** {@return true if a change of the rate may be told} */
    boolean mayTellRate(long now) {
        return now >= nextRateChange;
    }

    void onRateChange(int bytesPerSecond, long now) {
        nextRateChange = now + RATE_INTERVAL;
        if (news.isHeard()) {
            teller.onRateChange(id, bytesPerSecond);
        }
    }
}
