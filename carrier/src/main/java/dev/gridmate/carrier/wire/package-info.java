/**
 * The carrier's wire format: datagrams, the messages in them, acknowledgements.
 *
 * <p>Nothing here knows a socket, a thread or a clock, and nothing is allocated per datagram.
 * Reading is total: any bytes give a result. The format in words is {@code docs/wire.md}.
 */
@NullMarked
package dev.gridmate.carrier.wire;

import org.jspecify.annotations.NullMarked;
