package dev.gridmate.carrier.traffic;

import dev.gridmate.carrier.Addresses;

/** A flow of the default traffic control, and a clock that the test moves. */
abstract class FlowStories {

    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;
    static final int MAX = 1_172;

    long now = -5 * SECOND; // as System.nanoTime may
    TrafficControl.Flow flow = connected(new DefaultTrafficControl());

    TrafficControl.Flow connected(DefaultTrafficControl control) {
        TrafficControl.Flow made = control.onConnect(Addresses.of(4), MAX, now);
        made.onHandshakeComplete(now);
        return made;
    }

    void arrive(int size, int effectiveSize, long rtt) {
        long sentAt = now;
        flow.onSend(size, effectiveSize, sentAt);
        flow.onAck(size, effectiveSize, true, sentAt, sentAt + rtt);
    }

    /**
     * Lives through a second, a tenth at a time, in which so many of a hundred datagrams are lost,
     * spread over it.
     */
    void second(int lost, long rtt) {
        for (int i = 0; i < 100; i++) {
            flow.onSend(100, 50, now);
            if ((i + 1) * lost / 100 > i * lost / 100) {
                flow.onLost(100, 50, now, now);
            } else {
                flow.onAck(100, 50, true, now - rtt, now);
            }
            if (i % 10 == 9) {
                now += SECOND / 10;
                flow.update(now);
            }
        }
    }
}
