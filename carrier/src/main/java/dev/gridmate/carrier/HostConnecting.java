package dev.gridmate.carrier;

import dev.gridmate.carrier.CarrierDisconnectReason.Code;
import dev.gridmate.driver.HostConnect;
import dev.gridmate.internal.HostSearch;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a host, from {@code connect} by its name to its end. Several peers may be asked
 * at first, and the program knows them all by one id. The first that answers is the connection; the
 * others are told that it is over.
 */
final class HostConnecting implements Peer.Owner {

    /** What it needs of the carrier. */
    interface Owner extends Peer.Owner {

        /** An attempt that the program never heard of has ended. */
        void onAttemptOver(Peer peer);
    }

    final InetSocketAddress host;
    final ConnectionId id;
    final HeldMessages held;
    private final Owner owner;
    private final Consumer<HostConnecting> onOver;
    private final List<Peer> attempts = new ArrayList<>();
    private final List<CarrierDisconnectReason> failures = new ArrayList<>();
    private @Nullable HostSearch search;
    private @Nullable HostConnect inDriver;
    private @Nullable Peer winner;
    private boolean isPending = true;
    private long drainUntil = Long.MAX_VALUE;
    private @Nullable DisconnectNotice notice;

    /** @param onOver hears of the end, or that nothing came of it */
    HostConnecting(
            InetSocketAddress host, ConnectionId id, HeldMessages held, Owner owner, Consumer<HostConnecting> onOver) {
        this.host = host;
        this.id = id;
        this.held = held;
        this.owner = owner;
        this.onOver = onOver;
    }

    /** Its addresses are tried here. */
    void begin(HostSearch tries) {
        search = tries;
    }

    /** The driver tries its addresses, and this side asks the one that it has connected to. */
    void begin(HostConnect connects) {
        inDriver = connects;
    }

    @Nullable
    HostSearch search() {
        return search;
    }

    @Nullable
    HostConnect inDriver() {
        return inDriver;
    }

    /** {@return true if nobody has begun to end it} */
    boolean isWanted() {
        return isPending || (winner != null && winner.isWanted());
    }

    void add(Peer attempt) {
        attempts.add(attempt);
    }

    boolean wasTried() {
        return !attempts.isEmpty() || !failures.isEmpty();
    }

    // ------------------------------------------------------------ the end is asked for

    void drain(long until, @Nullable DisconnectNotice says) {
        drainUntil = Math.min(drainUntil, until);
        notice = says == null ? notice : says;
    }

    /** {@return true if the program wants its end, and nothing is left to wait for} */
    boolean isDrained(long now) {
        return drainUntil != Long.MAX_VALUE && (held.isEmpty() || now >= drainUntil);
    }

    long drainUntil() {
        return drainUntil;
    }

    @Nullable
    DisconnectNotice notice() {
        return notice;
    }

    /** Nothing comes of it, and the peers that were asked are told so. */
    void giveUp() {
        isPending = false;
        held.drop();
        HostConnect connects = inDriver;
        if (connects != null) {
            connects.cancel();
        }
        for (Peer each : List.copyOf(attempts)) {
            each.ending.disconnect(null);
        }
    }

    // ------------------------------------------------------------ the turns of its attempts

    @Override
    public void onEstablished(Peer peer) {
        if (!isPending) {
            peer.ending.disconnect(null);
            return;
        }
        isPending = false;
        winner = peer;
        id.peer = peer;
        owner.onEstablished(peer);
        for (Peer each : List.copyOf(attempts)) {
            if (!each.equals(peer)) {
                each.ending.disconnect(null);
            }
        }
        onOver.accept(this);
    }

    @Override
    public void onOver(Peer peer, CarrierDisconnectReason reason) {
        if (peer.equals(winner)) {
            owner.onOver(peer, reason);
            onOver.accept(this);
            return;
        }
        attempts.remove(peer);
        if (isPending) {
            onFailed(peer.address.toString(), reason);
        }
        owner.onAttemptOver(peer);
    }

    @Override
    public void onSilence() {
        owner.onSilence();
    }

    @Override
    public void onDriverError(Peer peer, DriverError error) {
        if (isPending) {
            peer.ending.vanish(
                    CarrierDisconnectReason.of(Code.DRIVER_ERROR, "the driver cannot send: %s", error.message()));
        } else {
            owner.onDriverError(peer, error);
        }
    }

    void onFailed(String tried, CarrierDisconnectReason reason) {
        failures.add(reason);
        HostSearch tries = search;
        if (tries != null) {
            tries.onFailed(tried + ": " + reason.detail());
        }
    }

    /** {@return true if nothing is left to wait for} */
    boolean hasFailed() {
        HostSearch tries = search;
        return isPending && (tries == null ? !failures.isEmpty() : tries.isOver());
    }

    /**
     * {@return why it has failed} If a peer has refused, that is told rather than that another one
     * was silent.
     */
    CarrierDisconnectReason failure() {
        HostSearch tries = search;
        if (tries != null && tries.isUnknown()) {
            return CarrierDisconnectReason.of(
                    Code.UNKNOWN_HOST, "no address of %s is known: %s", host.getHostString(), tries.failure());
        }
        CarrierDisconnectReason telling = failures.get(failures.size() - 1);
        for (CarrierDisconnectReason each : failures) {
            boolean isAnswer = each.code() != Code.HANDSHAKE_TIMEOUT && each.code() != Code.DRIVER_ERROR;
            telling = isAnswer ? each : telling;
        }
        return tries == null
                ? telling
                : new CarrierDisconnectReason(
                        telling.code(),
                        "no address of " + host.getHostString() + " could be connected to: " + tries.failure(),
                        telling.peerCode(),
                        telling.peerText());
    }
}
