package dev.gridmate.carrier.traffic;

import dev.gridmate.internal.TokenBucket;

/**
 * One connection of a {@link DefaultTrafficControl}. Allocates nothing but the statistics that are
 * asked for.
 */
final class DefaultFlow implements TrafficControl.Flow {

    private static final long SECOND = 1_000_000_000L;
    private static final long LOST_AFTER = SECOND;
    private static final int NACKS_TO_LOSE = 3;
    private static final int BLIND_LOSSES = 4;
    private static final int MOST_DOUBLINGS = 3;

    private final CubicWindow window;
    private final LinkQuality link;
    private final TokenBucket receiveLimit;
    private final boolean isLossless;
    private final StatisticsWindow all = new StatisticsWindow();
    private final StatisticsWindow effective = new StatisticsWindow();
    private int dataInTransfer;
    private int lostUnmeasured;
    private long secondEndsAt;
    private boolean isSecondOver;

    DefaultFlow(CubicWindow window, LinkQuality link, TokenBucket receiveLimit, boolean isLossless, long now) {
        this.window = window;
        this.link = link;
        this.receiveLimit = receiveLimit;
        this.isLossless = isLossless;
        secondEndsAt = now + SECOND;
    }

    @Override
    public void onHandshakeComplete(long now) {
        link.onHandshakeComplete(now);
    }

    @Override
    public void onSend(int size, int effectiveSize, long now) {
        advance(now);
        all.onSend(size);
        if (effectiveSize > 0) {
            dataInTransfer += size;
            window.onSend(dataInTransfer, now);
            effective.onSend(effectiveSize);
        }
    }

    /**
     * What counts against the window: a datagram with user messages. Those of acknowledgements
     * alone are acknowledged without hurry, and some of them would fill the least window for as
     * long as the peer sends data.
     */
    private static int counted(int size, int effectiveSize) {
        return effectiveSize > 0 ? size : 0;
    }

    @Override
    public void onResend(int size) {
        all.onResend(size);
        effective.onResend(size);
    }

    @Override
    public boolean onAck(int size, int effectiveSize, boolean isPrompt, long sentAt, long now) {
        advance(now);
        int before = window.bytes();
        dataInTransfer -= counted(size, effectiveSize);
        link.onAck(isPrompt, sentAt, now);
        window.onAck(counted(size, effectiveSize), sentAt, now, link.rtt(), link.isCongested());
        all.onAck(size);
        if (effectiveSize > 0) {
            effective.onAck(effectiveSize);
        }
        return window.bytes() != before;
    }

    /** The carrier counts them, and {@link #resendTime} makes use of the count. */
    @Override
    public void onNack(long sentAt, long now) {
        link.onNack(sentAt);
    }

    @Override
    public boolean onLost(int size, int effectiveSize, long sentAt, long now) {
        advance(now);
        int before = window.bytes();
        dataInTransfer -= counted(size, effectiveSize);
        link.onLost(sentAt, now);
        if (link.rtt() == 0 && link.isJudged(sentAt)) {
            lostUnmeasured++;
        }
        // A request that nobody listened to yet says nothing about the network, and would end slow
        // start at two datagrams.
        if (link.isJudged(sentAt)) {
            window.onLost(sentAt, now, link.isCongested());
        }
        all.onLost();
        if (effectiveSize > 0) {
            effective.onLost();
        }
        return window.bytes() != before;
    }

    @Override
    public void onReceive(int size, int effectiveSize, long now) {
        advance(now);
        all.onReceive(size);
        if (effectiveSize > 0) {
            effective.onReceive(effectiveSize);
        }
    }

    @Override
    public boolean isSend() {
        return dataInTransfer < window.bytes();
    }

    @Override
    public boolean isCanReceiveData(long now) {
        return receiveLimit.take(now);
    }

    /**
     * A second is long enough for a round trip of up to half of it and the peer's delay of
     * acknowledgements. On a longer link everything would count as lost while its acknowledgement
     * is on the way: all would be sent twice, and the window would stay at its least. Twice the
     * round trip time is where the second stands to the longest it is made for.
     *
     * <p>On a link of more than a second nothing would ever be measured: the acknowledgement of
     * what is given up does not count. So when several are lost and none was measured, patience
     * doubles.
     *
     * <p>Over a driver that loses nothing, what is late arrives. The peer stands still, and would
     * get everything as often as seconds have passed.
     */
    @Override
    public long resendTime(long sentAt, int nacks) {
        if (isLossless) {
            return nacks < NACKS_TO_LOSE ? Long.MAX_VALUE : sentAt;
        }
        long patience =
                link.rtt() == 0 ? LOST_AFTER << Math.min(lostUnmeasured / BLIND_LOSSES, MOST_DOUBLINGS) : LOST_AFTER;
        long lostAfter = Math.max(patience, 2 * link.rtt());
        return sentAt + lostAfter * (NACKS_TO_LOSE - Math.min(nacks, NACKS_TO_LOSE)) / NACKS_TO_LOSE;
    }

    @Override
    public boolean isDisconnect(float threshold) {
        return link.isBad(threshold);
    }

    @Override
    public String disconnectReason() {
        return link.describe();
    }

    @Override
    public boolean update(long now) {
        advance(now);
        boolean isOver = isSecondOver;
        isSecondOver = false;
        return isOver;
    }

    // Called with each event, so that it counts for the second in which it happened, whenever the
    // next update comes.
    private void advance(long now) {
        if (now >= secondEndsAt) {
            long seconds = 1 + (now - secondEndsAt) / SECOND;
            secondEndsAt += seconds * SECOND;
            link.onSeconds(seconds, window.canShrink(now - seconds * SECOND), now);
            all.onSeconds(seconds);
            effective.onSeconds(seconds);
            isSecondOver = true;
        }
    }

    @Override
    public int dataInTransfer() {
        return dataInTransfer;
    }

    @Override
    public int congestionWindow() {
        return window.bytes();
    }

    @Override
    public long rtt() {
        return link.rtt();
    }

    @Override
    public long leastRtt() {
        return link.leastRtt();
    }

    @Override
    public long rttVariance() {
        return link.rttVariance();
    }

    @Override
    public Statistics statistics(Statistics.Period period, boolean isEffective) {
        return (isEffective ? effective : all).statistics(period, link);
    }
}
