package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.carrier.link.Link;
import dev.gridmate.carrier.link.LinkListener;
import dev.gridmate.carrier.link.Outbound;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;

/**
 * The life of one connection: the handshake, the judgement whether the peer is still there, and the
 * end.
 *
 * <pre>
 *                    answer accepted, or the peer proved its address
 *   CONNECTING ──────────────────────────────────────▶ CONNECTED
 *       │ disconnect                                       │ disconnect
 *       ▼                                                  ▼
 *   DISCONNECTING: the peer is being told  ◀───────────────┘
 *       │ it answers, or half a second passes      (any other end is over at once)
 *       ▼
 *   DISCONNECTED: told to the program. For half a second it answers what is late; then it is forgotten.
 * </pre>
 */
final class Peer extends Agenda.Entry implements LinkListener {

    private static final long SECOND = 1_000 * CarrierTime.MILLISECOND;

    /** The one that keeps this connection among others, and hears of the turns of its life. */
    interface Owner {

        void onEstablished(Peer peer);

        void onOver(Peer peer, CarrierDisconnectReason reason);

        /**
         * A peer that had answered is not heard: perhaps the network is gone, and others with it.
         */
        void onSilence();

        /** The driver could not do something for the peer. */
        void onDriverError(Peer peer, DriverError error);
    }

    final ConnectionId id;
    final SocketDriverAddress address;
    final Link link;
    final Inbox inbox;
    final TrafficControl.Flow flow;
    final PeerFigures figures;
    private final Rooms rooms;
    private final Owner owner;
    final Ending ending;
    private final Attempt attempt;
    private final Offences offences = new Offences();
    private final Silence silence;
    private final Batch batch;
    private final PeerNews news;

    /** Its place in the owner's list. */
    int index;

    /** @param isIncoming true if the peer has proved its address; {@link #onProved} follows */
    Peer(Rooms rooms, Owner owner, ConnectionId id, SocketDriverAddress address, boolean isIncoming, int firstNumber) {
        this.rooms = rooms;
        this.owner = owner;
        this.id = id;
        this.address = address;
        flow = rooms.newFlow(address);
        link = rooms.newLink(flow, this, firstNumber);
        figures = new PeerFigures(link, flow, rooms.time.now());
        inbox = new Inbox(id, link.inbound());
        silence = new Silence(link, rooms.time, rooms.desc.detection().timeout().toNanos());
        attempt = new Attempt(isIncoming, rooms.handshake.timeout(), rooms.desc.timing(), rooms.time.now());
        ending = new Ending(attempt, link.outbound(), flow, rooms.time, this, this::onOver);
        batch = new Batch(rooms.desc.timing(), rooms.limits.messageMtu());
        news = new PeerNews(id, rooms.news, rooms.teller);
    }

    /** {@return where it is; one that waits to be drained is ending already} */
    ConnectionState state() {
        return ending.isDraining() ? ConnectionState.DISCONNECTING : ending.state();
    }

    boolean isConnected() {
        return state() == ConnectionState.CONNECTED;
    }

    /** {@return true if nobody has begun to end it} It takes user messages. */
    boolean isWanted() {
        return state() == ConnectionState.CONNECTING || state() == ConnectionState.CONNECTED;
    }

    /** {@return true if it counts towards the maximum: it is there, or about to be} */
    boolean isOpen() {
        return !ending.isOver();
    }

    boolean isOf(Rooms which) {
        return rooms.equals(which);
    }

    /** {@return true if the peer asked for it} */
    boolean isIncoming() {
        return attempt.isIncoming();
    }

    boolean wasEstablished() {
        return attempt.hasSucceeded();
    }

    boolean waitsForPredecessor() {
        return attempt.waitsForPredecessor();
    }

    /** {@return true if the driver can send to it} */
    boolean isReady() {
        return !waitsForPredecessor() && rooms.port.isConnectedTo(address);
    }

    private Outbound out() {
        return link.outbound();
    }

    // ------------------------------------------------------------ the beginning

    /** Asks the other side, once the connection before this one is forgotten. */
    void initiate(boolean isPredecessorThere) {
        if (isPredecessorThere) {
            attempt.waitForPredecessor();
        }
        byte[] data = rooms.handshake.initiate(id);
        if (data == null) {
            ending.vanish(reason(Code.HANDSHAKE_REJECTED, "this side's handshake threw"));
        } else {
            out().connectRequest(data);
        }
    }

    /** The peer asked, and has acknowledged one of the answers that it got. */
    void onProved(Newcomer newcomer) {
        onHandshakeComplete();
        out().onAnswered(newcomer.answers(), newcomer.answerSize(), newcomer.answeredAt());
    }

    void onPredecessorForgotten() {
        attempt.onPredecessorForgotten(rooms.time.now());
        wake();
    }

    @Override
    public void onConnectRequest(ByteBuffer data) {
        if (ending.state() == ConnectionState.CONNECTING) {
            onFirstRequest(data);
        } else if (ending.state() == ConnectionState.CONNECTED) {
            if (rooms.handshake.confirmsRequest(id, data)) {
                out().connectAckAgain(rooms.time.now());
            } else {
                disconnect(reason(Code.WAS_ALREADY_CONNECTED, "the peer asks again, with another request"));
            }
        }
    }

    private void onFirstRequest(ByteBuffer data) {
        GuardedHandshake.Answer answer = rooms.handshake.judge(id, data);
        if (ending.state() != ConnectionState.CONNECTING) {
            return; // the handshake itself ended the connection
        }
        DisconnectNotice notice = answer.result().notice();
        switch (answer.result().verdict()) {
            case OK -> {
                out().connectAck(answer.data());
                onHandshakeComplete();
            }
            // Said once, and again when it asks again: the address may be somebody else's.
            case REJECTED -> ending.giveUp(reason(Code.HANDSHAKE_REJECTED, "this side's handshake refused"), notice);
            case VERSION_MISMATCH ->
                ending.giveUp(reason(Code.VERSION_MISMATCH, "the peer's version is not this side's"), notice);
            case PENDING -> {}
        }
    }

    @Override
    public void onConnectAck(ByteBuffer data) {
        if (ending.state() == ConnectionState.CONNECTING) {
            boolean isAccepted = rooms.handshake.accepts(id, data);
            if (isAccepted && ending.state() == ConnectionState.CONNECTING) { // the handshake itself may have ended it
                onHandshakeComplete();
            } else if (!isAccepted) {
                disconnect(reason(Code.HANDSHAKE_REJECTED, "this side's handshake refused the peer's answer"));
            }
        } else if (ending.state() == ConnectionState.CONNECTED && !rooms.handshake.confirmsAck(id, data)) {
            disconnect(reason(Code.WAS_ALREADY_CONNECTED, "the peer answers again, with another answer"));
        }
    }

    private void onHandshakeComplete() {
        attempt.onSuccess();
        out().onConnected();
        link.onEstablished();
        flow.onHandshakeComplete(rooms.time.now());
        owner.onEstablished(this);
    }

    /**
     * The peer had connected, and asks to connect. That may be an old datagram that the network
     * held back, a stranger that speaks in its name, or a peer that was started again: then it does
     * not answer a probe, says nothing else any longer, and keeps asking. Such a peer knows nothing
     * of this connection's numbers, so the answer is the one to a stranger that may not come in.
     */
    @Override
    public void onConnectRequestAgain() {
        long now = rooms.time.now();
        boolean isFirst = offences.onStrayRequest(now, link.lastReceived());
        if (ending.state() == ConnectionState.CONNECTED) {
            if (isFirst) {
                out().probe(now);
            }
            if (offences.isNewStart(now, link.lastReceived(), flow.rtt())) {
                offences.forgetRequests();
                rooms.port.refuse(address, rooms.firstNumber(), Code.WAS_ALREADY_CONNECTED, null);
                ending.over(reason(
                        Code.WAS_ALREADY_CONNECTED, "the peer asks to connect, as if it had been started again"));
            }
        } else if (ending.state() == ConnectionState.DISCONNECTED) {
            Code code = ending.reason().code();
            if (!wasEstablished()) {
                out().disconnect(code.number());
            } else if (code == Code.WAS_ALREADY_CONNECTED && ending.forgetAt() - now > Offences.QUIET) {
                rooms.port.refuse(address, rooms.firstNumber(), code, null); // it may not have heard it yet
            } else if (offences.asksRepeatedly()) {
                ending.forget(); // the next request finds nobody, and opens a new connection
            }
        }
        wake();
    }

    @Override
    public void onAnotherConnection() {
        disconnect(reason(Code.WAS_ALREADY_CONNECTED, "the peer speaks of another connection"));
    }

    // ------------------------------------------------------------ the end

    private static CarrierDisconnectReason reason(Code code, String detail) {
        return new CarrierDisconnectReason(code, detail);
    }

    private void disconnect(CarrierDisconnectReason why) {
        ending.disconnect(why, null);
    }

    private void giveUp(CarrierDisconnectReason why) {
        ending.giveUp(why, null);
    }

    private void onOver(CarrierDisconnectReason why) {
        link.onOver();
        owner.onOver(this, why);
    }

    @Override
    public void onDisconnect(int code, ByteBuffer between) {
        ending.onDisconnect(code, between);
    }

    void onDriverError(DriverError error) {
        owner.onDriverError(this, error);
    }

    @Override
    public void onBroken() {
        if (ending.state() == ConnectionState.CONNECTED) {
            disconnect(reason(Code.BAD_PACKETS, "the peer's messages cannot be put together"));
        }
    }

    @Override
    public void onTooMuchUnfinished(long bytes) {
        rooms.counters.add(CarrierCounter.ENDED_FOR_MEMORY, 1);
        giveUp(CarrierDisconnectReason.of(
                Code.BAD_PACKETS,
                "others need the memory, and the peer's messages that are not whole hold most of it: %,d bytes",
                bytes));
    }

    // ------------------------------------------------------------ the passing of time

    /** Does what time asks for. */
    void update(long now) {
        link.beginUpdate(now);
        boolean ignored = flow.update(now);
        switch (ending.state()) {
            case CONNECTING -> updateConnecting(now);
            case CONNECTED -> updateConnected(now);
            case DISCONNECTING, DISCONNECTED -> ending.update(now);
        }
    }

    private void updateConnecting(long now) {
        if (attempt.isOver(now)) {
            giveUp(attempt.timeoutReason());
        } else if (!ending.beginIfDrained(now) && attempt.isRequestDue(now) && isReady()) {
            out().requestConnect();
            attempt.onRequested(now);
        }
    }

    private void updateConnected(long now) {
        CarrierDisconnectReason gone = rooms.detectsDisconnects ? silence.judge(1, now) : null;
        if (gone != null) {
            giveUp(gone);
            if (link.hasPeerConnected()) {
                owner.onSilence();
            }
        } else if (rooms.detectsDisconnects && flow.isDisconnect(1)) {
            giveUp(reason(Code.BAD_CONNECTION, flow.disconnectReason()));
        } else if (!ending.beginIfDrained(now)
                && news.mayTellRate(now)
                && out().takeFlowChanged()) { // a change too soon is told later
            news.onRateChange(maxSendRate(), now);
        }
    }

    /** {@return bytes a second that it can take now: a window in each round trip} */
    int maxSendRate() {
        double seconds = Math.max(flow.rtt(), CarrierTime.MILLISECOND) / (double) SECOND;
        return (int) Math.min(Integer.MAX_VALUE, flow.congestionWindow() / seconds);
    }

    /**
     * Another connection has timed out: this one is judged more strictly, if the program wants it,
     * so that a lost network drops all at once. By its silence alone: a slow peer is not worse off
     * because another one has gone.
     */
    void judgeStrictly(long now) {
        float threshold = rooms.desc.detection().evaluationThreshold();
        if (ending.state() == ConnectionState.CONNECTED && threshold > 0) {
            CarrierDisconnectReason gone = silence.judge(threshold, now);
            if (gone != null) {
                giveUp(gone);
            }
        }
    }

    /** {@return true if user messages may leave: with batches, as {@link Batch#mayLeave}} */
    boolean mayCarryData(long now) {
        return ending.isDraining() || batch.mayLeave(out(), now);
    }

    /** {@return when this has to be looked at again if nothing comes in and nothing is sent} */
    long nextDue(long now) {
        // The statistics are looked at each second.
        long next = Math.min(link.nextDue(mayCarryData(now)), now + SECOND);
        return switch (ending.state()) {
            case CONNECTING -> Math.min(ending.drainedBy(next, now), attempt.nextDue(now));
            case CONNECTED -> {
                long gone = rooms.detectsDisconnects ? silence.due(now) : next;
                yield ending.drainedBy(Math.min(Math.min(next, gone), batch.nextDue()), now);
            }
            case DISCONNECTING -> Math.min(next, ending.nextSaying());
            case DISCONNECTED -> ending.isForgotten() ? now : Math.min(next, ending.forgetAt());
        };
    }

    // ------------------------------------------------------------ what else comes in

    @Override
    public void onClockSync(int milliseconds) {
        if (ending.state() == ConnectionState.CONNECTED && rooms.time.isClockRunning()) {
            rooms.counters.add(CarrierCounter.CLOCK_SYNCS_IGNORED, 1);
        } else if (ending.state() == ConnectionState.CONNECTED) {
            rooms.time.follow(milliseconds, flow.rtt());
        }
    }

    @Override
    public void onMessages(int channel, int count) {
        rooms.delivery.onMessages(inbox, count);
        news.onMessages(channel);
    }

    @Override
    public void onSecurityError(SecurityError error) {
        news.onSecurityError(error);
        // Anybody can send a datagram in a peer's name; what comes over a connection is the peer's.
        if (rooms.port.isConnectionOriented() && offences.onError(error, rooms.time.now())) {
            disconnect(offences.badDatagramsReason());
        }
    }

    /** The program was told of the end in the last update, and had its time to receive the rest. */
    void closeReceiving() {
        id.leave(this);
        rooms.delivery.close(inbox);
    }
}
