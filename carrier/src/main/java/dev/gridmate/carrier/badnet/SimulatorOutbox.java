package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Gives packets that are due to the driver. When the driver has no room for a peer, those for this
 * peer are held until the next update, in their order, and those for others go on.
 */
final class SimulatorOutbox {

    /** When to try again; nothing tells when a driver has room. */
    private static final long RETRY = 1_000_000;

    private final ArrayDeque<SimulatorPacket> held = new ArrayDeque<>();
    private final Set<SocketDriverAddress> full = Collections.newSetFromMap(new IdentityHashMap<>());
    private long triedAt;

    void update(SimulatorLine line, Driver driver, long now) {
        triedAt = now;
        if (!full.isEmpty()) {
            full.clear();
        }
        for (int left = held.size(); left > 0; left--) {
            send(held.remove(), line, driver);
        }
        SimulatorPacket packet = line.poll(now);
        while (packet != null) {
            send(packet, line, driver);
            packet = line.poll(now);
        }
    }

    private void send(SimulatorPacket packet, SimulatorLine line, Driver driver) {
        if (full.contains(packet.address())) {
            held.add(packet);
            return;
        }
        boolean isSent = false;
        boolean isOver = true;
        try {
            // Asked first: a stream driver may end a connection that gets more than it has room
            // for.
            ByteBuffer bytes = packet.lend();
            boolean isGone = !driver.isConnectedTo(packet.address());
            boolean fits = isGone || driver.writableBytes(packet.address()) >= bytes.remaining();
            ResultCode code = fits ? driver.send(packet.address(), bytes) : ResultCode.SEND_BUFFER_FULL;
            isSent = code == ResultCode.OK;
            isOver = code != ResultCode.SEND_BUFFER_FULL;
        } finally {
            if (isOver) { // also when the driver threw
                line.giveBack(packet, isSent);
            } else {
                full.add(packet.address());
                held.add(packet);
            }
        }
    }

    void clear(SimulatorLine line) {
        while (!held.isEmpty()) {
            line.giveBack(held.remove(), false);
        }
    }

    long nextDue() {
        return held.isEmpty() ? Long.MAX_VALUE : triedAt + RETRY;
    }
}
