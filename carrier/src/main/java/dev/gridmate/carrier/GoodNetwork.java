package dev.gridmate.carrier;

import dev.gridmate.carrier.badnet.Simulator;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;

/** The simulator of a carrier that has none: everything passes at once. */
class GoodNetwork implements Simulator {

    @Override
    public void bindDriver(Driver driver) {}

    @Override
    public void unbindDriver() {}

    @Override
    public boolean onSend(SocketDriverAddress to, ByteBuffer packet) {
        return false;
    }

    @Override
    public boolean onReceive(SocketDriverAddress from, ByteBuffer packet) {
        return false;
    }

    @Override
    public int receive(PacketHandler handler, int limit) {
        return 0;
    }

    @Override
    public void update() {}

    @Override
    public long nextDue() {
        return Long.MAX_VALUE;
    }
}
