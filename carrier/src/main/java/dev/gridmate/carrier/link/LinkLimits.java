package dev.gridmate.carrier.link;

/**
 * What a link may hold. All are in bytes.
 *
 * @param maxDatagramSize the largest datagram that may come
 * @param messageMtu the largest message that fits one datagram
 * @param burstBytes user data that may leave at once
 * @param sendBytes memory of user messages that wait to leave or to be acknowledged
 * @param receiveBytes memory of messages that wait for the program
 */
public record LinkLimits(int maxDatagramSize, int messageMtu, long burstBytes, long sendBytes, long receiveBytes) {}
