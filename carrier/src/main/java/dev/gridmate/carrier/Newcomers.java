package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.internal.DeadlineHeap;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The peers that ask to connect, until each has proved its address, or is refused. Nothing at all
 * is kept of a stranger that does not ask.
 */
final class Newcomers {

    /** How long one that was refused, or gave up, hears it again when it asks again. */
    private static final long LINGER = 500 * CarrierTime.MILLISECOND;

    private final Rooms rooms;
    private final Peers peers;
    private final Doorkeeper doorkeeper;
    final AddressTable<Newcomer> table = new AddressTable<>();
    private final DeadlineHeap<Newcomer> deadlines = new DeadlineHeap<>();
    private final DatagramReader reader = new DatagramReader();
    private final StrangeDatagram strange = new StrangeDatagram(reader);
    private final Once errors = new Once();

    Newcomers(Rooms rooms, Peers peers) {
        this.rooms = rooms;
        this.peers = peers;
        doorkeeper = new Doorkeeper(rooms.port);
    }

    /** {@return the newcomer that has an address and may still connect; null if there is none} */
    @Nullable
    Newcomer find(SocketDriverAddress address) {
        Newcomer known = table.find(address);
        return known == null || known.isOver() ? null : known;
    }

    // ------------------------------------------------------------ what comes in

    /** Takes a packet from an address without a connection. */
    void onPacket(SocketDriverAddress from, ByteBuffer packet) {
        Newcomer known = table.find(from);
        int size = packet.remaining();
        if (known != null) {
            known.onBytes(size);
        }
        if (rooms.port.isCompressed(packet) && (known == null || !known.mayInflate())) {
            rooms.counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            return;
        }
        ByteBuffer datagram = rooms.port.decode(packet);
        strange.read(datagram, rooms.limits.maxDatagramSize());
        ByteBuffer request = strange.request();
        if (known == null) {
            onStranger(from, request, size);
        } else if (request != null) {
            onRequest(known, request);
        } else {
            onWord(known, datagram);
        }
    }

    private void onStranger(SocketDriverAddress from, @Nullable ByteBuffer request, int size) {
        if (request == null) {
            rooms.counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            if (!strange.isSound()) { // otherwise it is most likely the last words of a connection that is forgotten
                onError(SecurityError.INVALID_SOURCE_ADDRESS);
            }
        } else if (!rooms.handshake.welcomes(from)) {
            rooms.counters.add(CarrierCounter.CONNECTIONS_REFUSED, 1);
        } else if (peers.remoteIps().isTooFast(from.ip(), rooms.time.now())) {
            rooms.counters.add(CarrierCounter.CONNECTS_OVER_RATE, 1);
        } else if (isFull(from)) {
            rooms.counters.add(refusalCounter(from), 1);
            rooms.port.refuse(from, rooms.firstNumber(), Code.HANDSHAKE_REJECTED, DisconnectNotice.FULL);
        } else {
            Newcomer newcomer = admit(from);
            newcomer.onBytes(size);
            onRequest(newcomer, request);
        }
    }

    private boolean isFull(SocketDriverAddress from) {
        return peers.open() >= rooms.desc.limits().maxConnections()
                || peers.remoteIps().isFull(from.ip());
    }

    private CarrierCounter refusalCounter(SocketDriverAddress from) {
        return peers.remoteIps().isFull(from.ip())
                ? CarrierCounter.CONNECTIONS_OVER_REMOTE_IP
                : CarrierCounter.CONNECTIONS_REFUSED;
    }

    private Newcomer admit(SocketDriverAddress from) {
        makeRoom(from);
        ConnectionId id = new ConnectionId();
        long now = rooms.time.now();
        Newcomer newcomer = new Newcomer(id, from, rooms.firstNumber(), now + rooms.handshake.timeout());
        id.peer = newcomer;
        table.add(newcomer);
        plan(newcomer);
        rooms.counters.add(CarrierCounter.CONNECTIONS_INCOMING, 1);
        rooms.teller.onIncoming(id);
        return newcomer;
    }

    private void plan(Newcomer newcomer) {
        long repeat = newcomer.repeatAt();
        // An answer that is due and has not left finds no room: the next request brings another.
        long next = repeat > rooms.time.now() ? Math.min(newcomer.deadline(), repeat) : newcomer.deadline();
        deadlines.atMost(newcomer, next);
    }

    private void makeRoom(SocketDriverAddress from) {
        NewcomerLimits limits = rooms.desc.newcomers();
        Newcomer out = null;
        if (limits.maxPerRemoteIp() > 0 && table.countOf(from) >= limits.maxPerRemoteIp()) {
            out = table.oldestOf(from);
        } else if (table.size() >= limits.max()) {
            out = table.firstToGiveWay();
        }
        if (out != null) {
            rooms.counters.add(CarrierCounter.NEWCOMERS_GAVE_WAY, 1);
            if (!out.isOver()) {
                end(out, Code.HANDSHAKE_REJECTED, "it gave way to another newcomer: too many ask at once", null);
            }
            forget(out);
        }
    }

    private void onRequest(Newcomer newcomer, ByteBuffer request) {
        rooms.counters.add(CarrierCounter.DATAGRAMS_OF_NEWCOMERS, 1);
        newcomer.onRequest(strange.sequence());
        if (newcomer.state() == Newcomer.State.ANSWERED
                && !rooms.handshake.confirmsRequest(newcomer.id, request.duplicate())) {
            newcomer.beginAnew();
        }
        switch (newcomer.state()) {
            case ASKING -> judge(newcomer, request);
            case ANSWERED -> answerAgain(newcomer, request);
            case OVER -> refuse(newcomer);
        }
    }

    private void judge(Newcomer newcomer, ByteBuffer request) {
        GuardedHandshake.Answer answer = rooms.handshake.judge(newcomer.id, request);
        if (newcomer.isOver()) {
            return; // the handshake itself ended the connection
        }
        DisconnectNotice notice = answer.result().notice();
        switch (answer.result().verdict()) {
            case OK -> {
                newcomer.accept(answer.data());
                doorkeeper.answer(newcomer, answer.data(), rooms.time.now());
                plan(newcomer);
            }
            case REJECTED -> end(newcomer, Code.HANDSHAKE_REJECTED, "this side's handshake refused", notice);
            case VERSION_MISMATCH ->
                end(newcomer, Code.VERSION_MISMATCH, "the peer's version is not this side's", notice);
            case PENDING -> {}
        }
    }

    /** The answer may be lost. One that is too long to be kept is asked for again. */
    private void answerAgain(Newcomer newcomer, @Nullable ByteBuffer request) {
        long now = rooms.time.now();
        byte[] answer = newcomer.answer();
        if (!newcomer.isAnswerDue(now)) {
            return;
        }
        if (answer != null) {
            doorkeeper.answer(newcomer, answer, now);
            plan(newcomer);
        } else if (request != null) {
            judge(newcomer, request);
        }
    }

    /** Something else than a request: the proof, its last word, or what nobody waits for. */
    private void onWord(Newcomer newcomer, @Nullable ByteBuffer datagram) {
        ByteBuffer farewell = strange.farewell();
        if (datagram != null && strange.isProofOf(newcomer)) {
            onProof(newcomer, datagram);
        } else if (farewell != null && !newcomer.isOver() && newcomer.isNear(strange.sequence())) {
            rooms.counters.add(CarrierCounter.DATAGRAMS_OF_NEWCOMERS, 1);
            int code = farewell.get() & 0xff;
            CarrierDisconnectReason reason = CarrierDisconnectReason.ofPeer(code, farewell);
            tellOver(newcomer, reason, new Newcomer.Refusal(reason.code(), null));
            refuse(newcomer);
        } else {
            rooms.counters.add(CarrierCounter.DATAGRAMS_UNKNOWN, 1);
            if (!strange.isSound()) {
                onError(SecurityError.INVALID_SOURCE_ADDRESS);
            }
            if (newcomer.state() == Newcomer.State.ANSWERED) {
                answerAgain(newcomer, null);
            } else if (newcomer.isOver()) {
                refuse(newcomer);
            }
        }
    }

    private void onProof(Newcomer newcomer, ByteBuffer datagram) {
        if (isFull(newcomer.address)) {
            rooms.counters.add(refusalCounter(newcomer.address), 1);
            end(newcomer, Code.HANDSHAKE_REJECTED, "others took the last places", DisconnectNotice.FULL);
            return;
        }
        forget(newcomer);
        Peer peer = peers.add(newcomer);
        peer.link.onDatagram(datagram, reader, rooms.time.now());
    }

    /** Tells of an error that is not a connection's, once in an update. */
    private void onError(SecurityError error) {
        if (rooms.news.isHeard() && errors.isFirst(error.bit(), rooms.news.turn())) {
            rooms.teller.onSecurityError(ConnectionId.ALL, error);
        }
    }

    // ------------------------------------------------------------ the end

    /** Ends one because the program says so, with what it has to say; it is told when it asks. */
    void disconnect(Newcomer newcomer, @Nullable DisconnectNotice notice) {
        if (!newcomer.isOver()) {
            CarrierDisconnectReason why = Ending.askedFor(notice);
            tellOver(newcomer, why, new Newcomer.Refusal(why.code(), notice));
            refuse(newcomer);
        }
    }

    private void end(Newcomer newcomer, Code code, String detail, @Nullable DisconnectNotice notice) {
        tellOver(
                newcomer, new CarrierDisconnectReason(code, detail).saying(notice), new Newcomer.Refusal(code, notice));
        refuse(newcomer);
    }

    private void tellOver(Newcomer newcomer, CarrierDisconnectReason reason, Newcomer.Refusal refusal) {
        newcomer.end(refusal);
        peers.onOver(newcomer);
        rooms.onFailure(newcomer.id, newcomer.address, reason);
        rooms.counters.add(CarrierCounter.CONNECTS_FAILED, 1);
        rooms.teller.onFailed(newcomer.id, reason);
        rooms.handshake.onDisconnect(newcomer.id);
    }

    /** Says no, if what came from the address pays for it; otherwise the next request may. */
    private void refuse(Newcomer newcomer) {
        if (doorkeeper.refuse(newcomer, rooms.time.now() + LINGER)) {
            plan(newcomer);
        }
    }

    /** The driver's connection underneath is gone. */
    void onGone(SocketDriverAddress address, CarrierDisconnectReason reason, Consumer<ConnectionId> tellBefore) {
        Newcomer newcomer = table.find(address);
        if (newcomer != null) {
            if (!newcomer.isOver()) {
                tellBefore.accept(newcomer.id);
                tellOver(newcomer, reason, new Newcomer.Refusal(reason.code(), null));
            }
            forget(newcomer);
        }
    }

    /** Gives up those whose time is over. */
    void update() {
        long now = rooms.time.now();
        for (Newcomer due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
            if (due.deadline() > now) {
                if (due.repeatAt() <= now) {
                    answerAgain(due, null);
                }
                plan(due);
            } else if (due.isOver()) {
                table.remove(due);
            } else {
                timeOut(due, now);
            }
        }
    }

    private void timeOut(Newcomer newcomer, long now) {
        String what = newcomer.state() == Newcomer.State.ASKING
                ? "this side's handshake did not decide in time"
                : "the peer did not acknowledge the answer in time";
        end(newcomer, Code.HANDSHAKE_TIMEOUT, what, null);
        if (newcomer.deadline() <= now) { // it was not told: what it sent does not pay for it
            table.remove(newcomer);
        }
    }

    /** {@return when somebody's time is over} */
    long nextDue() {
        return deadlines.earliest();
    }

    /** Does something with one, or with all; it may end them. */
    void forEach(ConnectionId id, Consumer<Newcomer> action) {
        if (id == ConnectionId.ALL) {
            table.list().forEach(action);
        } else if (id.peer instanceof Newcomer newcomer) {
            if (!newcomer.isOver() && !newcomer.equals(table.find(newcomer.address))) {
                throw new IllegalArgumentException(id + " is another carrier's");
            }
            action.accept(newcomer);
        }
    }

    /** Ends all, when the carrier is closed. */
    void close() {
        for (Newcomer each : table.list()) {
            if (!each.isOver()) {
                end(each, Code.SHUTTING_DOWN, "this side's carrier was closed", DisconnectNotice.SHUTTING_DOWN);
            }
            forget(each);
        }
    }

    void forget(Newcomer newcomer) {
        table.remove(newcomer);
        deadlines.remove(newcomer);
    }
}
