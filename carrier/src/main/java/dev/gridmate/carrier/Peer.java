package dev.gridmate.carrier;

import dev.gridmate.carrier.link.Link;
import dev.gridmate.carrier.link.LinkListener;
import dev.gridmate.carrier.link.Outbound;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection: the handshake, the judgement whether the peer is still there, and the end.
 *
 * <pre>
 *                    request accepted, answer accepted
 *   CONNECTING ──────────────────────────────────────▶ CONNECTED
 *       │ refused, timed out, disconnect                   │ disconnect
 *       ▼                                                  ▼
 *   DISCONNECTING: the peer is being told  ◀───────────────┘
 *       │ it answers, or half a second passes      (what the peer ends, and who is not heard, goes to the end at once)
 *       ▼
 *   DISCONNECTED: told to the program. For half a second it answers what is late; then it is forgotten.
 * </pre>
 */
final class Peer implements LinkListener {

    /** How long the end of a connection is acknowledged and repeated before it is forgotten: the original's time. */
    private static final long LINGER = 500_000_000;

    /** The end is said again so often, at the most, until the peer answers: not all of it can be lost. */
    private static final long SAY_AGAIN_MIN = 50_000_000;

    private static final long SAY_AGAIN_MAX = 150_000_000;

    /** A peer that has been quiet for so long and asks to connect has lost its connection; it does not just repeat itself. */
    private static final long QUIET = 200_000_000;

    private static final int REQUESTS_OF_A_NEW_START = 3;

    /** More bad datagrams within a second, and the peer is no carrier, or is up to something. */
    private static final int MAX_BAD_PER_SECOND = 10;

    private static final long SECOND = 1_000_000_000;

    final ConnectionId id;
    final SocketDriverAddress address;
    final Link link;
    final TrafficControl.Flow flow;

    private final Carrier carrier;
    private final CarrierDesc desc;
    private final boolean isIncoming;
    private ConnectionState state = ConnectionState.CONNECTING;
    private boolean wasEstablished;

    /** Whether the connection before this one, with the same address, is still being forgotten. */
    private boolean waitsForPredecessor;

    private final long handshakeTimeout;
    private long handshakeDeadline;
    private long nextRequest;
    private long requestInterval;

    private CarrierDisconnectReason reason = CarrierDisconnectReason.USER_REQUESTED;
    private boolean isDraining;
    private long drainUntil;
    private long sayAgain;
    private long forgetAt;
    private boolean wasEndedByPeer;
    private boolean isForgotten;
    private boolean isReadable = true;

    private int strayRequests;
    private long firstStrayRequest;
    private int badDatagrams;
    private long badSince;

    private long nextRateChange;
    private long dataWaitsSince = Long.MAX_VALUE;

    /** When this connection has to be looked at; 0: now. */
    long due;

    /** Its place in the carrier's list. */
    int index;

    /** Whether it has something to send, and the driver no room for it. */
    boolean isBlocked;

    /** Whether it stands in the carrier's queue of those with messages. */
    boolean isQueuedToReceive;

    int messagesWaiting;

    private int securityErrors;
    private int channelsToTell;
    private final @Nullable Consumer<CarrierEvents>[] receiveEvents;

    Peer(
            Carrier carrier,
            CarrierDesc desc,
            ConnectionId id,
            SocketDriverAddress address,
            boolean isIncoming,
            TrafficControl.Flow flow,
            Duration handshakeTimeout,
            Function<LinkListener, Link> links) {
        this.carrier = carrier;
        this.desc = desc;
        this.id = id;
        this.address = address;
        this.isIncoming = isIncoming;
        this.flow = flow;
        long now = carrier.now();
        this.handshakeTimeout = handshakeTimeout.toNanos();
        handshakeDeadline = now + this.handshakeTimeout;
        requestInterval = desc.connectionRetryIntervalBase() * Carrier.MILLISECOND;
        link = links.apply(this);
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be made otherwise
        Consumer<CarrierEvents>[] none = new Consumer[Carrier.CHANNELS];
        receiveEvents = none;
    }

    ConnectionState state() {
        return isDraining ? ConnectionState.DISCONNECTING : state;
    }

    /** Whether it takes user messages, to send them at once or when it stands. */
    boolean takesMessages() {
        return isWanted();
    }

    boolean isConnected() {
        return state == ConnectionState.CONNECTED && !isDraining;
    }

    /** Whether nobody has begun to end it. */
    boolean isWanted() {
        return state() == ConnectionState.CONNECTING || state() == ConnectionState.CONNECTED;
    }

    /** Whether it counts towards the maximum: it is there, or about to be. */
    boolean isOpen() {
        return state != ConnectionState.DISCONNECTED;
    }

    boolean wasEstablished() {
        return wasEstablished;
    }

    boolean isOf(Carrier owner) {
        return carrier.equals(owner);
    }

    boolean isForgotten() {
        return isForgotten;
    }

    boolean isReadable() {
        return isReadable;
    }

    private Outbound out() {
        return link.outbound();
    }

    // ------------------------------------------------------------------------------------ the beginning

    /** Asks the other side, once the connection before this one is forgotten. */
    void initiate(boolean isPredecessorThere) {
        waitsForPredecessor = isPredecessorThere;
        nextRequest = carrier.now();
        due = 0;
        ByteBuffer data = carrier.handshakeBuffer();
        boolean isWritten = carrier.ask(
                () -> {
                    desc.handshake().onInitiate(id, data);
                    return true;
                },
                false);
        if (isWritten) {
            out().connectRequest(Carrier.bytes(data.flip()));
        } else {
            vanish(CarrierDisconnectReason.HANDSHAKE_REJECTED);
        }
    }

    void onPredecessorForgotten() {
        waitsForPredecessor = false;
        nextRequest = carrier.now();
        handshakeDeadline = nextRequest + handshakeTimeout;
        due = 0;
    }

    boolean waitsForPredecessor() {
        return waitsForPredecessor;
    }

    @Override
    public void onConnectRequest(ByteBuffer data) {
        if (state == ConnectionState.CONNECTING) {
            onFirstRequest(data);
        } else if (state == ConnectionState.CONNECTED) {
            if (carrier.ask(() -> desc.handshake().onConfirmRequest(id, data), false)) {
                out().connectAckAgain(carrier.now());
            } else {
                disconnect(CarrierDisconnectReason.WAS_ALREADY_CONNECTED);
            }
        }
    }

    private void onFirstRequest(ByteBuffer data) {
        ByteBuffer answer = carrier.handshakeBuffer();
        Handshake.Result result =
                carrier.ask(() -> desc.handshake().onReceiveRequest(id, data, answer), Handshake.Result.REJECTED);
        if (state != ConnectionState.CONNECTING) {
            return; // the handshake itself ended the connection
        }
        switch (result) {
            case OK -> {
                out().connectAck(Carrier.bytes(answer.flip()));
                onHandshakeComplete();
            }
            // Said once, and again when it asks again: it may have given somebody else's address.
            case REJECTED -> giveUp(CarrierDisconnectReason.HANDSHAKE_REJECTED);
            case VERSION_MISMATCH -> giveUp(CarrierDisconnectReason.VERSION_MISMATCH);
            case PENDING -> {}
        }
    }

    @Override
    public void onConnectAck(ByteBuffer data) {
        if (state == ConnectionState.CONNECTING && !isIncoming) {
            boolean isAccepted = carrier.ask(() -> desc.handshake().onReceiveAck(id, data), false);
            if (isAccepted && state == ConnectionState.CONNECTING) { // the handshake itself may have ended it
                onHandshakeComplete();
            } else if (!isAccepted) {
                disconnect(CarrierDisconnectReason.HANDSHAKE_REJECTED);
            }
        } else if (state == ConnectionState.CONNECTED
                && !carrier.ask(() -> desc.handshake().onConfirmAck(id, data), false)) {
            disconnect(CarrierDisconnectReason.WAS_ALREADY_CONNECTED);
        }
    }

    private void onHandshakeComplete() {
        state = ConnectionState.CONNECTED;
        wasEstablished = true;
        out().onConnected();
        link.onEstablished();
        flow.onHandshakeComplete(carrier.now());
        carrier.onEstablished(this);
    }

    /**
     * The peer had connected, and asks to connect. That may be an old datagram that the network held back, or a peer that
     * was started again; who was started again says nothing else any longer, and keeps asking. It knows nothing of this
     * connection's numbers, so it is answered as a stranger is who may not come in.
     */
    @Override
    public void onConnectRequestAgain() {
        long now = carrier.now();
        if (strayRequests == 0 || link.lastReceived() > firstStrayRequest) {
            strayRequests = 0;
            firstStrayRequest = now;
        }
        strayRequests++;
        if (state == ConnectionState.CONNECTED) {
            if (strayRequests >= REQUESTS_OF_A_NEW_START && now - link.lastReceived() >= QUIET) {
                strayRequests = 0;
                carrier.sendRefusal(address, CarrierDisconnectReason.WAS_ALREADY_CONNECTED);
                over(CarrierDisconnectReason.WAS_ALREADY_CONNECTED);
            }
        } else if (state == ConnectionState.DISCONNECTED) {
            if (!wasEstablished) {
                out().disconnect(reason.code());
            } else if (reason == CarrierDisconnectReason.WAS_ALREADY_CONNECTED && forgetAt - now > QUIET) {
                carrier.sendRefusal(address, reason); // it may not have heard it yet
            } else if (strayRequests >= 2) {
                isForgotten = true; // the next request finds nobody, and opens a new connection
            }
        }
        due = 0;
    }

    @Override
    public void onAnotherConnection() {
        disconnect(CarrierDisconnectReason.WAS_ALREADY_CONNECTED);
    }

    // ------------------------------------------------------------------------------------ the end

    /** Begins to end the connection. */
    void disconnect(CarrierDisconnectReason why) {
        if (state != ConnectionState.CONNECTING && state != ConnectionState.CONNECTED) {
            return;
        }
        if (waitsForPredecessor) {
            vanish(why);
            return;
        }
        long now = carrier.now();
        isDraining = false;
        state = ConnectionState.DISCONNECTING;
        reason = why;
        due = 0;
        out().onGivenUp();
        out().disconnect(why.code());
        sayAgain = now + sayAgainInterval();
        forgetAt = now + LINGER;
    }

    /** Has the end leave in the next datagram, which is the last. Who was told already is told again: it may be lost. */
    void sayGoodbye() {
        disconnect(CarrierDisconnectReason.SHUTTING_DOWN);
        out().disconnect(reason.code());
    }

    /** Ends the connection when everything that was sent is confirmed, or the time is over; said again, the earlier time. */
    void disconnectWhenDrained(long linger) {
        if (state == ConnectionState.CONNECTING || state == ConnectionState.CONNECTED) {
            long until = carrier.now() + linger;
            drainUntil = isDraining ? Math.min(drainUntil, until) : until;
            isDraining = true;
            due = 0;
        }
    }

    private long sayAgainInterval() {
        return Math.max(SAY_AGAIN_MIN, Math.min(SAY_AGAIN_MAX, 2 * flow.rtt()));
    }

    @Override
    public void onDisconnect(int code) {
        switch (state) {
            case CONNECTING, CONNECTED -> {
                out().onGivenUp();
                out().disconnect(code);
                wasEndedByPeer = true;
                over(CarrierDisconnectReason.ofCode(code));
            }
            case DISCONNECTING -> over(reason);
            case DISCONNECTED -> {
                // The answer is lost, or this side began and the two ends crossed: then nobody waits for an answer.
                if (wasEndedByPeer) {
                    out().disconnect(code);
                }
            }
        }
    }

    /** The connection is over for the program; the peer may still be told. */
    private void over(CarrierDisconnectReason why) {
        state = ConnectionState.DISCONNECTED;
        isDraining = false;
        reason = why;
        forgetAt = Math.max(forgetAt, carrier.now() + LINGER);
        due = 0;
        link.onOver();
        carrier.onOver(this, why, wasEstablished);
    }

    /** The peer is not there, or not to be borne with: it is told, but not waited for. */
    private void giveUp(CarrierDisconnectReason why) {
        if (waitsForPredecessor) {
            vanish(why);
            return;
        }
        out().onGivenUp();
        out().disconnect(why.code());
        over(why);
    }

    /**
     * The driver's connection underneath is gone, or the carrier is closing: nobody can be told anything any longer. Or this
     * one still waits for its predecessor, so that nobody has heard of it, and the place is to be free for another.
     */
    void vanish(CarrierDisconnectReason why) {
        if (isOpen()) {
            over(why);
        }
        isForgotten = true;
    }

    @Override
    public void onBroken() {
        if (state == ConnectionState.CONNECTED) {
            disconnect(CarrierDisconnectReason.BAD_PACKETS);
        }
    }

    // ------------------------------------------------------------------------------------ the passing of time

    /** Does what time asks for. */
    void update(long now) {
        link.beginUpdate(now);
        flow.update(now);
        switch (state) {
            case CONNECTING -> updateConnecting(now);
            case CONNECTED -> updateConnected(now);
            case DISCONNECTING -> {
                if (now >= forgetAt) {
                    over(reason);
                } else if (now >= sayAgain) {
                    out().disconnect(reason.code());
                    sayAgain = now + sayAgainInterval();
                }
            }
            case DISCONNECTED -> {
                if (now >= forgetAt) {
                    isForgotten = true;
                }
            }
        }
    }

    private void updateConnecting(long now) {
        if (now >= handshakeDeadline) {
            giveUp(CarrierDisconnectReason.HANDSHAKE_TIMEOUT);
        } else if (isDraining && (out().isDrained() || now >= drainUntil)) {
            disconnect(CarrierDisconnectReason.USER_REQUESTED);
        } else if (!isIncoming && now >= nextRequest && carrier.isReady(this)) {
            out().requestConnect();
            nextRequest = now + requestInterval;
            requestInterval = Math.min(requestInterval * 2, desc.connectionRetryIntervalMax() * Carrier.MILLISECOND);
        }
    }

    private void updateConnected(long now) {
        if (carrier.detectsDisconnects() && isSilent(now, 1)) {
            giveUp(CarrierDisconnectReason.BAD_CONNECTION);
            carrier.judgeOthers();
        } else if (carrier.detectsDisconnects() && flow.isDisconnect(1)) {
            giveUp(CarrierDisconnectReason.BAD_CONNECTION);
        } else if (isDraining && (out().isDrained() || now >= drainUntil)) {
            disconnect(CarrierDisconnectReason.USER_REQUESTED);
        } else if (out().takeFlowChanged() && now >= nextRateChange) {
            nextRateChange = now + SECOND;
            double seconds = Math.max(flow.rtt(), Carrier.MILLISECOND) / (double) SECOND;
            carrier.onRateChange(this, (int) Math.min(Integer.MAX_VALUE, flow.congestionWindow() / seconds));
        }
    }

    /**
     * Another connection has timed out: this one is judged more strictly, so that a lost network drops all at once. By its
     * silence alone: a slow peer is no worse off for another's having gone.
     */
    void judgeStrictly(long now) {
        float threshold = desc.connectionEvaluationThreshold();
        if (state == ConnectionState.CONNECTED && threshold > 0 && isSilent(now, threshold)) {
            giveUp(CarrierDisconnectReason.BAD_CONNECTION);
        }
    }

    private boolean isSilent(long now, float threshold) {
        long timeout = (long) (desc.connectionTimeoutMS() * Carrier.MILLISECOND * (double) threshold);
        return now - link.lastReceived() >= timeout || now - out().unconfirmedSince(now) >= timeout;
    }

    /** Whether user messages may leave: with batches, when there are enough of them, or they have waited long enough. */
    boolean mayCarryData(long now) {
        int batch = desc.sendBatchPacketCount();
        if (batch == 0 || isDraining) {
            return true;
        }
        if (!out().hasDataToSend(now)) {
            dataWaitsSince = Long.MAX_VALUE;
            return true;
        }
        dataWaitsSince = Math.min(dataWaitsSince, now);
        return out().bytesToSend() >= (long) batch * carrier.messageMtu()
                || now - dataWaitsSince >= desc.threadUpdateTimeMS() * Carrier.MILLISECOND;
    }

    /** When this has to be looked at again although nothing comes in and nothing is sent. */
    long nextDue(long now) {
        long next = nextDueOfAny(now);
        return isBlocked
                ? Math.max(next, now + 10 * Carrier.MILLISECOND)
                : next; // the driver wakes up when it has room
    }

    private long nextDueOfAny(long now) {
        long next = Math.min(link.nextDue(mayCarryData(now)), now + SECOND); // the statistics want a look each second
        return switch (state) {
            case CONNECTING ->
                Math.min(
                        isDraining ? Math.min(next, drainUntil) : next,
                        isIncoming || waitsForPredecessor
                                ? handshakeDeadline
                                : Math.min(
                                        nextRequest > now ? nextRequest : now + 10 * Carrier.MILLISECOND,
                                        handshakeDeadline));
            case CONNECTED -> {
                if (dataWaitsSince != Long.MAX_VALUE) {
                    next = Math.min(next, dataWaitsSince + desc.threadUpdateTimeMS() * Carrier.MILLISECOND);
                }
                yield isDraining ? Math.min(next, out().isDrained() ? now : drainUntil) : next;
            }
            case DISCONNECTING -> Math.min(next, Math.min(sayAgain, forgetAt));
            case DISCONNECTED -> isForgotten ? now : Math.min(next, forgetAt);
        };
    }

    // ------------------------------------------------------------------------------------ what else comes in

    @Override
    public void onClockSync(int milliseconds) {
        if (state == ConnectionState.CONNECTED) {
            carrier.onClockSync(milliseconds, flow.rtt());
        }
    }

    @Override
    public void onMessages(int channel, int count) {
        messagesWaiting += count;
        carrier.onMessages(this);
        int bit = 1 << channel;
        if ((channelsToTell & bit) == 0 && carrier.isHeard()) {
            channelsToTell |= bit;
            carrier.tell(receiveEvent(channel));
        }
    }

    private Consumer<CarrierEvents> receiveEvent(int channel) {
        Consumer<CarrierEvents> event = receiveEvents[channel];
        if (event == null) {
            event = handler -> handler.onReceive(carrier, id, channel);
            receiveEvents[channel] = event;
        }
        return event;
    }

    @Override
    public void onSecurityError(SecurityError error) {
        int bit = error.bit();
        if ((securityErrors & bit) == 0 && carrier.isHeard()) {
            securityErrors |= bit;
            carrier.tell(handler -> handler.onSecurityError(carrier, id, error));
        }
        switch (error) {
            // The network's doing, this program's, or what is left of a connection before this one.
            case SEQUENCE_NUMBER_DUPLICATED, SEQUENCE_NUMBER_OUT_OF_BOUND, DATA_RATE_TOO_HIGH -> {}
            case PACKET_RATE_TOO_HIGH -> {} // dropped, which is enough: who was held up by the network may come in a
            // burst
            default -> onBadDatagram();
        }
    }

    private void onBadDatagram() {
        long now = carrier.now();
        if (now - badSince >= SECOND) {
            badSince = now;
            badDatagrams = 0;
        }
        badDatagrams++;
        if (badDatagrams > MAX_BAD_PER_SECOND) {
            disconnect(CarrierDisconnectReason.BAD_PACKETS);
        }
    }

    /** All that happened in this update was told. */
    void onTold() {
        channelsToTell = 0;
        securityErrors = 0;
    }

    /** The program was told of the end in the last update, and has had its time to receive the rest. */
    void closeReceiving() {
        isReadable = false;
        id.peer = null;
        messagesWaiting -= link.inbound().dropReceived();
        carrier.onNothingToReceive(this);
    }
}
