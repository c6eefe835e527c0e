package dev.gridmate.carrier.badnet;

import dev.gridmate.driver.Driver;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;

/**
 * Stands between a carrier and its driver and plays a worse network: it may keep, lose, delay and
 * reorder datagrams, both ways. All is called by the carrier, on its thread.
 */
public interface Simulator {

    /**
     * The carrier is made. The simulator sends what it delayed by this driver, and takes the time
     * from it.
     *
     * @param driver the carrier's driver
     */
    void bindDriver(Driver driver);

    /** The carrier is closed: the driver must not be used any longer. What is kept is dropped. */
    void unbindDriver();

    /**
     * A connection began.
     *
     * @param address the peer
     */
    default void onConnect(SocketDriverAddress address) {}

    /**
     * A connection is over. What is kept for it may still be delivered.
     *
     * @param address the peer
     */
    default void onDisconnect(SocketDriverAddress address) {}

    /**
     * A datagram is about to be sent.
     *
     * @param to the peer
     * @param packet the datagram, lent until this returns; its position must not be moved
     * @return true if the simulator took it, to send a copy of it later or never; false to have it
     *     sent now
     */
    boolean onSend(SocketDriverAddress to, ByteBuffer packet);

    /**
     * A datagram came in.
     *
     * @param from the peer
     * @param packet the datagram, lent until this returns; its position must not be moved
     * @return true if the simulator took it, to hand a copy of it out later or never; false to have
     *     it read now
     */
    boolean onReceive(SocketDriverAddress from, ByteBuffer packet);

    /**
     * Hands out what came in and is due now.
     *
     * @param handler gets each datagram
     * @param limit how many at most
     * @return how many the handler got
     */
    int receive(PacketHandler handler, int limit);

    /** Sends what is due now. Called in each update of the carrier. */
    void update();

    /**
     * Returns when something that is kept will be due, so that a carrier that waits wakes up for
     * it.
     *
     * @return the time, as the driver's {@code nanoTime} counts; {@link Long#MAX_VALUE} if nothing
     *     is kept
     */
    long nextDue();
}
