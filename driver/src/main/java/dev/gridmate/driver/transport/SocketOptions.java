package dev.gridmate.driver.transport;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.internal.Arguments;

/**
 * What a driver wants of its sockets.
 *
 * @param family the kind of address
 * @param receiveBufferSize bytes; 0 leaves it to the system
 * @param sendBufferSize bytes; 0 leaves it to the system
 */
public record SocketOptions(AddressFamily family, int receiveBufferSize, int sendBufferSize) {

    /**
     * Checks the sizes.
     *
     * @param family the kind of address
     * @param receiveBufferSize 0 or more
     * @param sendBufferSize 0 or more
     */
    public SocketOptions {
        Arguments.inRange("receiveBufferSize", receiveBufferSize, 0, Integer.MAX_VALUE);
        Arguments.inRange("sendBufferSize", sendBufferSize, 0, Integer.MAX_VALUE);
    }
}
