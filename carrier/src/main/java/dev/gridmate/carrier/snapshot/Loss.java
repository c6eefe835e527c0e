package dev.gridmate.carrier.snapshot;

/**
 * What the network loses.
 *
 * @param share the smoothed share of lost datagrams, 0 to 1
 * @param datagrams datagrams that count as lost, since the connection began
 * @param resentBytes bytes of reliable messages that were sent again
 */
public record Loss(double share, long datagrams, long resentBytes) {}
