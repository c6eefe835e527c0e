package dev.gridmate.driver.transport;

import dev.gridmate.driver.AddressFamily;

/**
 * What a driver wants of its sockets.
 *
 * @param family the kind of address
 * @param receiveBufferSize bytes; 0 leaves it to the system
 * @param sendBufferSize bytes; 0 leaves it to the system
 */
public record SocketOptions(AddressFamily family, int receiveBufferSize, int sendBufferSize) {}
