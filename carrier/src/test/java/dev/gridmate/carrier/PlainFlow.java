package dev.gridmate.carrier;

import dev.gridmate.carrier.traffic.Statistics;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.driver.SocketDriverAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A traffic control that allows everything, so that a test sees what the carrier itself does; and
 * what it was told.
 */
final class PlainFlow implements TrafficControl, TrafficControl.Flow {

    /** How long nothing is heard of a datagram until it is lost. */
    Duration patience = Duration.ofDays(1);

    int window = 1_000_000;
    long rtt;
    boolean isBad;
    boolean mayReceive = true;

    /** What the next acknowledgement or loss says about the window. */
    boolean changesWindow;

    /** Whether only the first of them does. */
    boolean changesOnce;

    int inTransfer;

    /** One line for each call that tells something. */
    final List<String> told = new ArrayList<>();

    @Override
    public Flow onConnect(SocketDriverAddress address, int maxDatagramSize, long now) {
        return this;
    }

    @Override
    public void onHandshakeComplete(long now) {
        told.add("handshake complete");
    }

    @Override
    public void onSend(int size, int effectiveSize, long now) {
        inTransfer += effectiveSize;
        told.add("sent " + size + " with " + effectiveSize);
    }

    @Override
    public void onResend(int size) {
        told.add("again " + size);
    }

    @Override
    public boolean onAck(int size, int effectiveSize, boolean isPrompt, long sentAt, long now) {
        inTransfer -= effectiveSize;
        told.add("acknowledged " + size + " with " + effectiveSize + (isPrompt ? " promptly" : ""));
        boolean changes = changesWindow;
        changesWindow &= !changesOnce;
        return changes;
    }

    @Override
    public void onNack(long sentAt, long now) {
        told.add("denied");
    }

    @Override
    public boolean onLost(int size, int effectiveSize, long sentAt, long now) {
        inTransfer -= effectiveSize;
        told.add("lost " + size + " with " + effectiveSize);
        return changesWindow;
    }

    @Override
    public void onReceive(int size, int effectiveSize, long now) {
        told.add("received " + size + " with " + effectiveSize);
    }

    @Override
    public boolean isSend() {
        return inTransfer < window;
    }

    @Override
    public boolean isCanReceiveData(long now) {
        return mayReceive;
    }

    @Override
    public long resendTime(long sentAt, int nacks) {
        return nacks >= 3 ? sentAt : sentAt + patience.toNanos();
    }

    @Override
    public boolean isDisconnect(float threshold) {
        return isBad;
    }

    @Override
    public boolean update(long now) {
        return false;
    }

    @Override
    public int dataInTransfer() {
        return inTransfer;
    }

    @Override
    public int congestionWindow() {
        return window;
    }

    @Override
    public long rtt() {
        return rtt;
    }

    @Override
    public Statistics statistics(Statistics.Period period, boolean effective) {
        return new Statistics(new Statistics.Data(0, 0, 0, 0), new Statistics.Packets(0, 0, 0, 0), 0, 0, 0);
    }
}
