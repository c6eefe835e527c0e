package dev.gridmate.carrier.traffic;

/**
 * How full a connection is at the moment.
 *
 * @param numToSendMessages messages, and chunks of messages, that wait to be sent
 * @param numToReceiveMessages whole messages that wait to be received by the program
 * @param dataInTransfer bytes that left and were neither acknowledged nor given up
 * @param congestionWindow bytes that may be on their way
 */
public record FlowInformation(
        int numToSendMessages, int numToReceiveMessages, int dataInTransfer, int congestionWindow) {}
