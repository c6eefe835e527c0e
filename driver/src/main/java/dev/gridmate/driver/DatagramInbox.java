package dev.gridmate.driver;

import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.LentViews;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads datagrams one at a time. The next packet waits in a slot until somebody takes it.
 *
 * <p>A slot whose packet is lent is out of here until its handler returns, so a handler that
 * receives again reads into another one and finds its own packet where it was. The second slot is
 * kept; a third one, for a handler within a handler, is garbage.
 */
final class DatagramInbox {

    /** No datagram is larger, and none is ever cut. */
    private static final int CAPACITY = 65_535;

    /**
     * How many datagrams in a row may be nothing, so that a flood of them does not keep the program
     * here.
     */
    private static final int MOST_IGNORED = 64;

    private final DatagramTransport transport;
    private final AddressBook book;
    private final Counters<DriverCounter> counters;
    private final Consumer<String> lastError;

    private @Nullable Slot slot = new Slot();
    private @Nullable Slot spare;
    private boolean closed;

    /**
     * The sender's address as the transport has it, which is the same object for as long as the
     * sender is the same.
     */
    private @Nullable InetSocketAddress lastSender;

    private @Nullable SocketDriverAddress lastFrom;

    /** One datagram, and the views in which it is lent. */
    private static final class Slot {
        private final ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY);
        private final LentViews views = new LentViews(memory);
        private @Nullable SocketDriverAddress from;
    }

    DatagramInbox(
            DatagramTransport transport,
            AddressBook book,
            Counters<DriverCounter> counters,
            Consumer<String> lastError) {
        this.transport = transport;
        this.book = book;
        this.counters = counters;
        this.lastError = lastError;
    }

    /** {@return true if a packet waits in the slot} Does not look at the socket. */
    boolean isHolding() {
        return slot != null && slot.from != null;
    }

    /** Makes the next packet wait in the slot; returns its sender, or null if none is there. */
    @Nullable
    SocketDriverAddress next() {
        if (closed) {
            return null;
        }
        Slot into = slot();
        for (int i = 0; into.from == null && i < MOST_IGNORED; i++) {
            InetSocketAddress sender;
            counters.add(DriverCounter.READS, 1);
            try {
                sender = transport.receive(into.memory.clear());
            } catch (IOException e) {
                counters.add(DriverCounter.RECEIVE_ERRORS, 1);
                lastError.accept("cannot receive: " + e.getMessage());
                continue;
            }
            if (sender == null) {
                return null;
            }
            accept(into, sender);
        }
        return into.from;
    }

    private void accept(Slot into, InetSocketAddress sender) {
        int size = into.memory.flip().remaining();
        counters.add(DriverCounter.BYTES_IN, size);
        if (size == 0 || sender.getPort() == 0 || isOwnWakeUp(into.memory, sender)) {
            counters.add(DriverCounter.DATAGRAMS_IGNORED, 1);
        } else {
            counters.add(DriverCounter.PACKETS_IN, 1);
            into.from = addressOf(sender);
        }
    }

    // The port alone does not do: a peer on another host often has the same one.
    private boolean isOwnWakeUp(ByteBuffer datagram, InetSocketAddress sender) {
        InetSocketAddress own = transport.localAddress();
        return datagram.remaining() == 1
                && datagram.get(0) == 'G'
                && sender.getPort() == own.getPort()
                && (sender.getAddress().isLoopbackAddress()
                        || sender.getAddress().equals(own.getAddress()));
    }

    @SuppressWarnings("ReferenceEquality") // the same object is the fast way; one that is merely equal is looked up
    private SocketDriverAddress addressOf(InetSocketAddress sender) {
        SocketDriverAddress from = lastFrom;
        if (from == null || sender != lastSender) {
            from = book.intern(sender);
            lastFrom = from;
            lastSender = sender;
        }
        return from;
    }

    /** Returns the size of the packet that {@code next} found. */
    int size() {
        return slot().memory.limit();
    }

    /** Copies the packet that {@code next} found, for which there must be room. */
    void take(ByteBuffer into) {
        Slot full = slot();
        into.put(full.memory);
        full.from = null;
    }

    /** Lends the packet that {@code next} found. */
    void lend(PacketHandler handler) {
        Slot full = slot();
        SocketDriverAddress from = Objects.requireNonNull(full.from, "nothing to lend");
        full.from = null;
        slot = null;
        try {
            handler.onPacket(from, full.views.lend(full.memory.limit()));
        } finally {
            giveBack(full);
        }
    }

    private void giveBack(Slot lent) {
        if (closed) {
            return; // the handler closed the driver, which holds no memory from then on
        }
        if (slot == null) {
            slot = lent;
        } else if (spare == null) {
            spare = lent;
        }
    }

    private Slot slot() {
        Slot present = slot;
        if (present == null) {
            present = spare != null ? spare : new Slot();
            spare = null;
            slot = present;
        }
        return present;
    }

    void close() {
        closed = true;
        if (isHolding()) {
            counters.add(DriverCounter.PACKETS_UNDELIVERED, 1);
        }
        slot = null;
        spare = null;
    }
}
