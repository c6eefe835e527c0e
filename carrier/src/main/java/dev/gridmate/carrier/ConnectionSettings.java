package dev.gridmate.carrier;

import java.util.Objects;

/**
 * The settings about connections: when one counts as lost, how much peers may ask for, and the pace
 * of requests, batches and updates. A part of {@link CarrierDesc.Builder}.
 *
 * @param <B> the builder
 */
public abstract class ConnectionSettings<B extends ConnectionSettings<B>> {

    final CarrierDescParts.Detection detection = new CarrierDescParts.Detection();
    final CarrierDescParts.Limits limits = new CarrierDescParts.Limits();
    final CarrierDescParts.Timing timing = new CarrierDescParts.Timing();
    NewcomerLimits newcomers = NewcomerLimits.DEFAULTS;

    ConnectionSettings() {}

    abstract B self();

    /**
     * {@return this} Sets whether a connection ends because the peer is silent or acknowledges
     * nothing, or the network is too bad. Default true; false is for debugging.
     *
     * @param value true to end bad connections
     */
    public B enableDisconnectDetection(boolean value) {
        detection.enableDisconnectDetection = value;
        return self();
    }

    /**
     * {@return this} Sets how long a peer may be silent, or acknowledge nothing, before the
     * connection counts as lost. Default 5,000.
     *
     * @param value milliseconds, 1 to 86,400,000
     */
    public B connectionTimeoutMS(int value) {
        detection.connectionTimeoutMS = value;
        return self();
    }

    /**
     * {@return this} Sets the longest round trip time; above it for three seconds the
     * connection ends. What a silence of the peer adds does not count. Default 500.
     *
     * @param value milliseconds; 0 for no limit
     */
    public B disconnectDetectionRttThreshold(float value) {
        detection.disconnectDetectionRttThreshold = value;
        return self();
    }

    /**
     * {@return this} Sets the largest share of lost datagrams; above it for three seconds, by
     * more than chance explains, the connection ends. What is lost in a silence of the peer
     * does not count. Over a driver that loses nothing (TCP) there is no limit, unless a
     * simulator loses something. Default 0.3.
     *
     * @param value 0 to 1; 0 for no limit
     */
    public B disconnectDetectionPacketLossThreshold(float value) {
        detection.disconnectDetectionPacketLossThreshold = value;
        return self();
    }

    /**
     * {@return this} Sets the part of the connection timeout that counts for the others when
     * one connection has timed out, so that a lost network drops all at once. Default 0, which
     * is off: each connection is judged by its own silence alone. The original's value is 0.5.
     *
     * @param value 0 to 1; 0 does not judge the others, 1 judges them as always
     */
    public B connectionEvaluationThreshold(float value) {
        detection.connectionEvaluationThreshold = value;
        return self();
    }

    /**
     * {@return this} Sets how many connections there may be; a peer that asks beyond is
     * refused. Default 4,096.
     *
     * @param value 1 or more
     */
    public B maxConnections(int value) {
        limits.maxConnections = value;
        return self();
    }

    /**
     * {@return this} Sets how much strangers may ask for, and all peers of one remote IP.
     * Default {@link NewcomerLimits#DEFAULTS}.
     *
     * @param value the limits
     */
    public B newcomers(NewcomerLimits value) {
        newcomers = Objects.requireNonNull(value, "newcomers");
        return self();
    }

    /**
     * {@return this} Sets how many datagrams a second a connection may receive; what comes
     * beyond is dropped. Default 0.
     *
     * @param value 1 or more; 0 for no limit
     */
    public B recvPacketsLimit(int value) {
        limits.recvPacketsLimit = value;
        return self();
    }

    /**
     * {@return this} Sets how many bytes of messages of one connection may wait to leave or to
     * be acknowledged; beyond, send takes nothing. Default 64 MiB.
     *
     * @param value bytes, 1 to 1 GiB
     */
    public B sendQueueSize(int value) {
        limits.sendQueueSize = value;
        return self();
    }

    /**
     * {@return this} Sets how many bytes of memory one connection may hold for messages that
     * wait for the program, or for others before them; beyond, datagrams are dropped and come
     * again. It limits the largest message too. Default 64 MiB.
     *
     * @param value bytes, 1 to 1 GiB
     */
    public B receiveQueueSize(int value) {
        limits.receiveQueueSize = value;
        return self();
    }

    /**
     * {@return this} Sets how many bytes of memory all connections together may hold for
     * messages that the program has not received; beyond, datagrams are dropped and come again.
     * If a peer needs room then, the connection with the most bytes of messages that are not
     * whole ends. Half of this limits the {@link #receiveQueueSize} of each connection.
     * Default: a quarter of the memory that the JVM may use, at least 16 MiB.
     *
     * @param value bytes, 65,536 or more; 0 for the default
     */
    public B receiveMemorySize(long value) {
        limits.receiveMemorySize = value;
        return self();
    }

    /**
     * {@return this} Sets after what time a request to connect is repeated; then it is twice
     * the time, and so on. Default 10.
     *
     * @param value milliseconds, 1 to 86,400,000
     */
    public B connectionRetryIntervalBase(int value) {
        timing.connectionRetryIntervalBase = value;
        return self();
    }

    /**
     * {@return this} Sets the longest interval between requests to connect. Default 1,000.
     *
     * @param value milliseconds, from the first interval to 86,400,000
     */
    public B connectionRetryIntervalMax(int value) {
        timing.connectionRetryIntervalMax = value;
        return self();
    }

    /**
     * {@return this} Sets how long a {@link CarrierRunner} waits at most between two updates,
     * and how long a batch waits to become full. Default 30.
     *
     * @param value milliseconds, 0 to 100
     */
    public B threadUpdateTimeMS(int value) {
        timing.threadUpdateTimeMS = value;
        return self();
    }

    /**
     * {@return this} Sets how many full datagrams messages wait for, at most {@link
     * #threadUpdateTimeMS}. Default 0: messages do not wait.
     *
     * @param value datagrams, 0 to 1,000
     */
    public B sendBatchPacketCount(int value) {
        timing.sendBatchPacketCount = value;
        return self();
    }

    /**
     * {@return this} Sets whether an unreliable message that is larger than {@link
     * Carrier#messageMtu()} is not taken. Default false: it is sent, reliable, since the wire
     * has no unreliable chunks, and {@link SendResult#OK_BUT_RELIABLE} says so.
     *
     * @param value true to take no such message
     */
    public B rejectLargeUnreliable(boolean value) {
        timing.rejectLargeUnreliable = value;
        return self();
    }
}
