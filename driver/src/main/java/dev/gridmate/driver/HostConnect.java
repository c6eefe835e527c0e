package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.internal.HostSearch;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connect by host name, from the call of {@link StreamSocketDriver#connectToHost} on: the program
 * knows by it which event belongs to which call.
 *
 * <p>One event tells how it ends. {@code onConnectionEstablished} names the {@link #address()} that
 * has won. {@code onConnectionFailed} names the {@link #name()}, since there may be many addresses,
 * or none; its reason tells what became of each.
 *
 * <p>Threads are those of the driver.
 */
public final class HostConnect {

    final HostSearch search;
    final @Nullable String serverName;

    /** Those that were begun, in the order of their beginning. */
    final List<Connection> attempts = new ArrayList<>();

    private final SocketDriverAddress name;
    private final Consumer<HostConnect> onCancel;
    private boolean isPending = true;
    private @Nullable SocketDriverAddress address;
    private DisconnectReason.@Nullable Code code;
    private DisconnectReason reason = DisconnectReason.of(DisconnectReason.Code.CONNECT_FAILED, "");

    HostConnect(
            SocketDriverAddress name, HostSearch search, @Nullable String serverName, Consumer<HostConnect> onCancel) {
        this.name = name;
        this.search = search;
        this.serverName = serverName;
        this.onCancel = onCancel;
    }

    /**
     * {@return the host and the port that were asked for, as {@code host|port}} It is an address
     * without an IP address: {@code onConnectionFailed} names it, and nothing can be sent to it.
     */
    public SocketDriverAddress name() {
        return name;
    }

    /**
     * {@return the address that has won; null as long as none has} If it failed since the driver
     * has a connection with one of the host's addresses already, that address.
     */
    public @Nullable SocketDriverAddress address() {
        return address;
    }

    /** {@return true as long as it is not known how it ends} */
    public boolean isPending() {
        return isPending;
    }

    /**
     * Gives it up: {@code onConnectionFailed} fires with {@link
     * DisconnectReason.Code#LOCAL_CLOSED}. A look-up that goes on is not waited for. Does nothing
     * once it is no longer pending.
     */
    public void cancel() {
        onCancel.accept(this);
    }

    /** {@return {@code host|port}, and the address that has won} */
    @Override
    public String toString() {
        return address == null ? name.toString() : name + " at " + address;
    }

    // ------------------------------------------------------------ for the driver

    boolean isFor(InetSocketAddress host) {
        return name.toInetSocketAddress().equals(host);
    }

    /** One of several attempts has failed. */
    void onFailed(SocketDriverAddress tried, DisconnectReason.Code why, String words) {
        code = code == null || code == why ? why : DisconnectReason.Code.CONNECT_FAILED;
        search.onFailed(name.hasIp() ? words : tried + ": " + words);
    }

    /** {@return why it failed, when nothing is left to try} */
    DisconnectReason failure() {
        String host = name.toInetSocketAddress().getHostString();
        String each = (name.hasIp() ? "" : "no address of " + host + " could be connected to: ") + search.failure();
        return search.isUnknown()
                ? DisconnectReason.of(
                        DisconnectReason.Code.UNKNOWN_HOST, "no address of " + host + " is known: " + search.failure())
                : DisconnectReason.of(code == null ? DisconnectReason.Code.CONNECT_FAILED : code, each);
    }

    DisconnectReason reason() {
        return reason;
    }

    void onOver(@Nullable SocketDriverAddress at, DisconnectReason why) {
        isPending = false;
        address = at;
        reason = why;
    }
}
