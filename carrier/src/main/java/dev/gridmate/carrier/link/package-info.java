/**
 * The core of a connection, without sockets, threads or a clock: numbers, acknowledgements, queues,
 * reassembly. Hidden.
 *
 * <p>Start with {@link dev.gridmate.carrier.link.Link}. Way in: {@code Inbound}, which has an
 * {@code Inspection}, a {@code SystemInbox} and a {@code UserInbox} of three
 * {@code ReceiveChannel}s, each with its {@code WholeMessages}. Way out: {@code Outbound}, which
 * has a {@code SystemOutbox}, a {@code UserOutbox} of three {@code SendChannel}s, a
 * {@code DatagramComposer} and the {@code Flight}. {@code Acknowledgements} joins the two: noted on
 * the way in, written on the way out.
 */
@NullMarked
package dev.gridmate.carrier.link;

import org.jspecify.annotations.NullMarked;
