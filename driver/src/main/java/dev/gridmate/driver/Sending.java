package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.FixedList;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sending side: finds the connections that a packet is for, and counts the packets that they do
 * not take.
 */
@SuppressWarnings("ReferenceEquality") // equal addresses of a driver are the same object
final class Sending {

    private final ConnectionTable table;
    private final Counters<DriverCounter> counters;

    Sending(ConnectionTable table, Counters<DriverCounter> counters) {
        this.table = table;
        this.counters = counters;
    }

    int writableBytes(SocketDriverAddress to) {
        Connection connection = table.open(to);
        return connection == null ? 0 : connection.writableBytes();
    }

    int roomFor(SocketDriverAddress to) {
        Connection connection = table.open(to);
        return connection == null || !connection.state().isConnected() ? 0 : connection.writableBytes();
    }

    ResultCode send(SocketDriverAddress to, ByteBuffer packet) {
        Connection connection = table.open(to);
        ResultCode code = connection == null ? ResultCode.SEND_ADDRESS_NOT_BOUND : connection.send(packet);
        if (code != ResultCode.OK) {
            counters.add(DriverCounter.SENDS_REJECTED, 1);
        }
        return code;
    }

    /** Returns how many took it. */
    int sendToAll(ByteBuffer packet, @Nullable SocketDriverAddress except) {
        SocketDriverAddress spared = except == null ? null : table.find(except);
        FixedList<SocketDriverAddress> all = table.established();
        int taken = 0;
        for (int i = 0; i < all.size(); i++) {
            SocketDriverAddress each = all.get(i);
            if (each != spared && send(each, packet) == ResultCode.OK) {
                taken++;
            }
        }
        return taken;
    }
}
