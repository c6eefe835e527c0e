package dev.gridmate.driver.transport;

import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * What listeners and endpoints have in common: a channel, its place in the transport, and what it
 * is watched for.
 */
abstract class NioChannel {

    /** What a channel asks of the transport that it belongs to. */
    interface Home {

        Selector selector();

        void add(NioChannel channel);

        void remove(NioChannel channel);

        /** A channel that the selector knows is watched for something else from here on. */
        void interestChanged();

        /**
         * Gives the descriptors of closed channels back to the system now, which else happens in
         * the next poll.
         */
        void releaseClosed();
    }

    final Home home;
    private final SelectableChannel channel;
    private @Nullable SelectionKey key;
    private int interest;
    private boolean open = true;
    private boolean registered;
    private Ready ready = () -> 0;

    /** The place in the transport's list. */
    int index;

    NioChannel(Home home, SelectableChannel channel, int interest) {
        this.home = home;
        this.channel = channel;
        this.interest = interest;
        home.add(this);
    }

    /** Sets what a poll calls; for the endpoint and the listener. */
    public void attach(Ready attached) {
        ready = attached;
    }

    int onReady() {
        return ready.onReady();
    }

    boolean watched() {
        return interest != 0;
    }

    boolean isOpen() {
        return open;
    }

    boolean isRegistered() {
        return registered;
    }

    void register() throws TransportException {
        registered = true;
        if (!channel.isOpen()) {
            return; // a connect that was refused at once closes its channel; the selector has nothing to say of it
        }
        try {
            key = channel.register(home.selector(), interest, this);
        } catch (ClosedChannelException e) {
            throw new TransportException(ResultCode.SOCKET_MAKE_NONBLOCK, "a channel was closed from outside", e);
        }
    }

    void setInterest(int ops) {
        if (interest != ops) {
            interest = ops;
            if (key != null && key.isValid()) {
                key.interestOps(ops);
                home.interestChanged();
            }
        }
    }

    public void close() {
        if (open) {
            open = false;
            home.remove(this);
            closeQuietly(channel);
        }
    }

    static StandardProtocolFamily family(AddressFamily family) {
        return family == AddressFamily.IPV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    // There is nobody to tell: the descriptor is gone either way, and what the system says belongs
    // to a connection that its owner has given up.
    static void closeQuietly(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            return;
        }
    }
}
