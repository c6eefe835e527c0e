/**
 * The core of the stream driver: buffers, framing, the life of one connection.
 *
 * <p>Nothing here knows a socket, a thread or a clock. Time is a parameter, the network is an
 * {@code Endpoint}.
 */
@NullMarked
package dev.gridmate.driver.stream;

import org.jspecify.annotations.NullMarked;
