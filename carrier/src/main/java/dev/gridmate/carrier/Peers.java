package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.views.EndLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a carrier, by address and by id.
 *
 * <p>One connection has an address at a time. The next one with the same address waits until the
 * one before is forgotten, half a second after its end.
 */
final class Peers implements HostConnecting.Owner {

    private final Rooms rooms;
    private final Agenda<Peer> agenda;
    private final RemoteIps remoteIps;
    private final List<Peer> all = new ArrayList<>();
    private final Map<SocketDriverAddress, Peer> byAddress = new HashMap<>();

    /** Those that wait for the connection before them to be forgotten; nearly always none. */
    private final List<Peer> successors = new ArrayList<>();

    /** Their end is to be told; then what they have can be received until the next update. */
    private final List<Runnable> ending = new ArrayList<>();

    private final List<Runnable> ended = new ArrayList<>();
    private int open;
    private int connected;

    /** How many were looked at one after the other so far. */
    long looks;

    Peers(Rooms rooms, Agenda<Peer> agenda) {
        this.rooms = rooms;
        this.agenda = agenda;
        remoteIps = new RemoteIps(rooms.desc.newcomers());
    }

    // ------------------------------------------------------------ who there is

    int count() {
        return all.size();
    }

    /** {@return how many there are that are not over} */
    int open() {
        return open;
    }

    /** {@return how many connections each remote IP has} */
    RemoteIps remoteIps() {
        return remoteIps;
    }

    /** {@return how many are established} */
    int connected() {
        return connected;
    }

    /** {@return a connection by its place, 0 to {@link #count()} - 1} */
    Peer at(int index) {
        looks++;
        return all.get(index);
    }

    /** {@return the connection that has the address; null if there is none} */
    @Nullable
    Peer at(SocketDriverAddress address) {
        return byAddress.get(address);
    }

    /**
     * {@return the connection with an address that nobody has begun to end; null if there is none}
     */
    @Nullable
    Peer wanted(SocketDriverAddress address) {
        Peer first = byAddress.get(address);
        if (first != null && first.isWanted()) {
            return first;
        }
        for (Peer each : successors) {
            if (each.isWanted() && each.address.equals(address)) {
                return each;
            }
        }
        return null;
    }

    /**
     * {@return the connection of an id; null if it is over, and for {@link ConnectionId#ALL}}
     *
     * @throws IllegalArgumentException if it is another carrier's
     */
    @Nullable
    Peer of(ConnectionId id) {
        if (id.peer instanceof Peer peer) {
            if (!peer.isOf(rooms)) {
                throw new IllegalArgumentException(id + " is another carrier's");
            }
            return peer;
        }
        return null;
    }

    /** Does something with the connection of an id, or with all; it may add and end connections. */
    void forEach(ConnectionId id, Consumer<Peer> action) {
        if (id == ConnectionId.ALL) {
            looks += all.size();
            List.copyOf(all).forEach(action);
        } else {
            Peer peer = of(id);
            if (peer != null) {
                action.accept(peer);
            }
        }
    }

    /** Does something with the connections on a connection of the driver; it may forget them. */
    void forEachOn(SocketDriverAddress address, Consumer<Peer> action) {
        List<Peer> here = new ArrayList<>(successors);
        here.removeIf(each -> !each.address.equals(address));
        Peer first = byAddress.get(address);
        if (first != null) {
            here.add(0, first);
        }
        here.forEach(action);
    }

    // ------------------------------------------------------------ coming and going

    /** Begins a connection, unless there is one with this address that nobody has begun to end. */
    Peer connect(SocketDriverAddress address) {
        Peer wanted = wanted(address);
        if (wanted != null) {
            return wanted;
        }
        rooms.counters.add(CarrierCounter.CONNECTS_STARTED, 1);
        ConnectionId id = new ConnectionId();
        return begin(address, id, this, peer -> id.peer = peer);
    }

    /**
     * Begins a connection.
     *
     * @param owner hears of the turns of its life
     * @param onMade gets it before anything happens to it
     */
    Peer begin(SocketDriverAddress address, ConnectionId id, Peer.Owner owner, Consumer<Peer> onMade) {
        boolean isTaken = byAddress.containsKey(address);
        Peer peer = new Peer(rooms, owner, id, address, false, rooms.firstNumber());
        add(peer);
        onMade.accept(peer);
        peer.initiate(isTaken);
        ResultCode code = rooms.port.connect(address);
        if (code != ResultCode.OK) {
            DriverError error = rooms.port.error(code);
            peer.onDriverError(error);
            peer.ending.vanish(CarrierDisconnectReason.of(
                    Code.DRIVER_ERROR, "the driver cannot connect: %s, %s", code, error.message()));
        }
        return peer;
    }

    /** Adds the connection of a peer that has proved its address. */
    Peer add(Newcomer newcomer) {
        Peer peer = new Peer(rooms, this, newcomer.id, newcomer.address, true, newcomer.firstAnswer());
        peer.id.peer = peer;
        add(peer);
        remoteIps.onConnect(peer.address.ip(), rooms.time.now());
        peer.onProved(newcomer);
        return peer;
    }

    /** Adds a connection; behind another one with the same address it waits. */
    private void add(Peer peer) {
        peer.index = all.size();
        all.add(peer);
        open++;
        if (byAddress.putIfAbsent(peer.address, peer) != null) {
            successors.add(peer);
        }
        agenda.add(peer);
        rooms.port.onConnect(peer.address);
    }

    /** Forgets a connection; the next one with its address gets its place. */
    void forget(Peer peer) {
        Peer last = all.get(all.size() - 1);
        all.set(peer.index, last);
        last.index = peer.index;
        all.remove(all.size() - 1);
        agenda.drop(peer);
        peer.link.outbound().close();
        if (peer.waitsForPredecessor()) {
            successors.remove(peer);
        }
        if (byAddress.remove(peer.address, peer)) {
            promoteSuccessor(peer.address);
        }
    }

    /**
     * One that was given up while it waited is in the list until the next update, and gets no place
     * here.
     */
    private void promoteSuccessor(SocketDriverAddress address) {
        for (Peer each : successors) {
            if (each.isOpen() && each.address.equals(address)) {
                successors.remove(each);
                byAddress.put(address, each);
                each.onPredecessorForgotten();
                return;
            }
        }
    }

    /** Forgets everything that is left, when the carrier is closed. */
    void clear() {
        ending.forEach(Runnable::run);
        ended.forEach(Runnable::run);
        all.clear();
        byAddress.clear();
        successors.clear();
    }

    // ------------------------------------------------------------ turns of their lives

    @Override
    public void onEstablished(Peer peer) {
        connected++;
        rooms.counters.add(CarrierCounter.CONNECTIONS_ESTABLISHED, 1);
        rooms.exhibit.notices().opened(peer.id.number(), peer.address, !peer.isIncoming());
        rooms.teller.onEstablished(peer.id, () -> rooms.delivery.announce(peer.inbox));
        if (rooms.time.isClockRunning()) {
            peer.link.outbound().clockSync();
        }
    }

    @Override
    public void onOver(Peer peer, CarrierDisconnectReason reason) {
        open--;
        if (peer.isIncoming()) {
            remoteIps.onOver(peer.address.ip());
        }
        rooms.onEnd(peer.wasEstablished(), end(peer, reason), reason, peer.figures.bytesIn(), peer.figures.bytesOut());
        if (peer.wasEstablished()) {
            connected--;
            rooms.counters.add(CarrierCounter.DISCONNECTS, 1);
            rooms.teller.onDisconnect(peer.id, reason);
        } else {
            rooms.counters.add(CarrierCounter.CONNECTS_FAILED, 1);
            rooms.teller.onFailed(peer.id, reason);
        }
        ending.add(peer::closeReceiving);
        rooms.handshake.onDisconnect(peer.id);
        rooms.port.onDisconnect(peer.address);
    }

    private EndLog.Entry end(Peer peer, CarrierDisconnectReason reason) {
        long now = rooms.time.now();
        return new EndLog.Entry(peer.id.number(), peer.address, reason.detail(), peer.figures.age(now), now);
    }

    /** A newcomer is over: the program can ask about it until it was told. */
    void onOver(Newcomer newcomer) {
        ending.add(() -> newcomer.id.peer = null);
    }

    @Override
    public void onAttemptOver(Peer peer) {
        open--;
        ended.add(peer::closeReceiving);
        rooms.port.onDisconnect(peer.address);
    }

    @Override
    public void onDriverError(Peer peer, DriverError error) {
        rooms.teller.onDriverError(peer.id, error);
    }

    @Override
    public void onSilence() {
        for (int i = 0; i < count(); i++) { // a handshake that hears of an end may connect, and so add one
            at(i).judgeStrictly(rooms.time.now());
        }
    }

    /** Updates those that have something to do. */
    int update(Sending sending) {
        boolean isSync = rooms.time.takeSync();
        if (isSync) {
            syncClocks();
        }
        long now = rooms.time.now();
        agenda.begin(now);
        for (Peer peer = agenda.nextToUpdate(); peer != null; peer = agenda.nextToUpdate()) {
            peer.update(now);
            if (peer.ending.isForgotten()) {
                int ignored = sending.send(peer); // its last word, before a successor speaks
                forget(peer);
            }
        }
        return isSync ? 1 : 0;
    }

    /** Tells the time to all that are established. */
    private void syncClocks() {
        for (int i = 0; i < count(); i++) {
            Peer each = at(i);
            if (each.isConnected()) {
                each.link.outbound().clockSync();
                each.wake();
            }
        }
    }

    // ------------------------------------------------------------------- what is left to receive

    /**
     * A new update: what those had whose end was told in the last one can no longer be received.
     */
    void closeEnded() {
        for (int i = 0; i < ended.size(); i++) {
            ended.get(i).run();
        }
        ended.clear();
    }

    /** {@return how many ends are about to be told} */
    int endsToTell() {
        return ending.size();
    }

    /** So many ends were told; those that came meanwhile are told in the next update. */
    void onEndsTold(int ends) {
        if (ends > 0) {
            ended.addAll(ending.subList(0, ends));
            ending.subList(0, ends).clear();
        }
    }
}
