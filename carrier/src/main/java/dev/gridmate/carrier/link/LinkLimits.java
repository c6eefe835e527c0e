package dev.gridmate.carrier.link;

/**
 * What a link may hold.
 *
 * @param maxDatagramSize bytes of the largest datagram, in either direction
 * @param messageMtu bytes of the largest message that fits one datagram
 * @param burstBytes bytes of user data that may leave at once
 * @param sendBytes bytes of user messages that may wait to leave or to be confirmed
 * @param receiveBytes bytes of memory that may hold messages for the program
 */
public record LinkLimits(int maxDatagramSize, int messageMtu, long burstBytes, long sendBytes, long receiveBytes) {}
