package dev.gridmate.driver;

import dev.gridmate.driver.stream.Connection;
import dev.gridmate.driver.stream.ConnectionState;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.FixedList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The connections by address.
 *
 * <p>The program knows a connection by its peer's address alone, so at any time it may have heard
 * of one connection for an address at the most. A second one (the peer reset the first and came
 * back, or the program closed it and connects again) is kept behind the first, and the program
 * hears of it when it has heard that the first is over. So the end of an old connection never hits
 * the new one.
 */
@SuppressWarnings("ReferenceEquality") // whose an address is, and which connection, are questions of identity
final class ConnectionTable {

    private final AddressBook book;
    private final Map<SocketDriverAddress, Connection> first = new LinkedHashMap<>();

    private final AnnouncedAddresses established = new AnnouncedAddresses();

    /** Places for connections whose address is not known yet. */
    private int reserved;

    /**
     * The connection whose end is being told: gone from its place, and still known to the program.
     */
    private @Nullable Connection leaving;

    ConnectionTable(AddressBook book) {
        this.book = book;
    }

    AddressBook book() {
        return book;
    }

    /**
     * {@return the number of places taken: addresses with a connection, and what is reserved for
     * those that are still looked for}
     */
    int size() {
        return first.size() + reserved;
    }

    void reserve(int places) {
        reserved += places;
    }

    /** {@return this driver's object for an address that may come from another} */
    SocketDriverAddress own(SocketDriverAddress address) {
        return address.owner == book.owner() && address.hasIp() ? address : book.checked(address.toInetSocketAddress());
    }

    /**
     * {@return this driver's object for an address that may come from another; null if it never
     * made one}
     */
    @Nullable
    SocketDriverAddress find(SocketDriverAddress address) {
        return address.owner == book.owner() ? address : book.find(address);
    }

    /**
     * {@return the connection that the program has heard of, or will hear of next; null if there is
     * none}
     */
    @Nullable
    Connection first(SocketDriverAddress address) {
        SocketDriverAddress own = find(address);
        return own == null ? null : (Connection) own.binding;
    }

    /**
     * {@return the connection that was announced, and whose end has not been told to everybody;
     * null if there is none}
     */
    @Nullable
    Connection announced(SocketDriverAddress address) {
        Connection known = leaving != null && leaving.address() == find(address) ? leaving : first(address);
        return known != null && known.wasAnnounced() ? known : null;
    }

    /** {@return the connection that the program may send on; null if there is none} */
    @Nullable
    Connection open(SocketDriverAddress address) {
        return first(address, ConnectionState::takesPackets);
    }

    /** {@return the first connection for an address in such a state; null if there is none} */
    @Nullable
    Connection first(SocketDriverAddress address, Predicate<ConnectionState> what) {
        Connection connection = first(address);
        while (connection != null && !what.test(connection.state())) {
            connection = connection.successor();
        }
        return connection;
    }

    void attach(SocketDriverAddress address, @Nullable Object attachment) {
        Connection connection = announced(address);
        if (connection == null) {
            throw new IllegalStateException(
                    "no connection with " + address + " was announced: attach in onConnectionEstablished, or later");
        }
        connection.attach(attachment);
    }

    boolean hasEntry(SocketDriverAddress own) {
        return own.binding != null;
    }

    /** {@return true if there is a connection with this address that has a future} */
    boolean isTaken(SocketDriverAddress own) {
        Connection last = last(own);
        return last != null && (last.state().takesPackets() || last.state().isUnannounced());
    }

    private @Nullable Connection last(SocketDriverAddress own) {
        Connection connection = (Connection) own.binding;
        while (connection != null && connection.successor() != null) {
            connection = connection.successor();
        }
        return connection;
    }

    /** Puts a connection behind those with the same address. */
    void add(Connection connection) {
        SocketDriverAddress address = connection.address();
        Connection last = last(address);
        if (last == null) {
            address.binding = connection;
            first.put(address, connection);
        } else {
            last.successor(connection);
        }
    }

    /**
     * Ends what has the address of a connection that was just accepted. What the program never
     * heard of is taken out, so that a peer which comes back again and again makes no long chain.
     *
     * <p>A newcomer that has yet to make a handshake does not end one that has made its own, unless
     * the system knows that the old one is gone: with the same two addresses there cannot be two.
     *
     * @param dropped gets what was taken out
     */
    void supersede(SocketDriverAddress own, Endpoint newcomer, Consumer<Connection> dropped) {
        Connection before = null;
        for (Connection each = (Connection) own.binding; each != null; each = each.successor()) {
            if (!newcomer.hasHandshake() || !each.state().isProved() || hasSameWay(each.endpoint(), newcomer)) {
                each.ending().supersede();
            }
            if (before != null && each.state().isOver() && !each.isOutgoing()) {
                before.successor(each.successor());
                dropped.accept(each);
            } else {
                before = each;
            }
        }
    }

    private static boolean hasSameWay(Endpoint one, Endpoint other) {
        return one.localAddress().equals(other.localAddress());
    }

    /** Ends those before a connection that was accepted and has made its handshake. */
    void supersedeBefore(Connection proved) {
        Connection each = (Connection) proved.address().binding;
        for (; each != null && each != proved; each = each.successor()) {
            each.ending().supersede();
        }
    }

    boolean isFirst(Connection connection) {
        return connection.address().binding == connection;
    }

    /** The program is about to be told that a connection is established. */
    void onEstablished(SocketDriverAddress address) {
        established.add(address);
    }

    /**
     * Takes out a first connection, whose end is about to be told; returns the one whose turn it is
     * now.
     */
    @Nullable
    Connection removeFirst(Connection connection) {
        SocketDriverAddress address = connection.address();
        Connection successor = connection.successor();
        leaving = connection;
        if (connection.wasAnnounced()) {
            established.remove(address);
        }
        address.binding = successor;
        if (successor == null) {
            first.remove(address);
        } else {
            first.put(address, successor);
        }
        return successor;
    }

    /** The end of the connection that was taken out last has been told to everybody. */
    void onTold() {
        leaving = null;
    }

    /**
     * {@return the connections that were announced as established, and not yet as over} The list
     * stays as it is.
     */
    FixedList<SocketDriverAddress> established() {
        return established.list();
    }

    void forEach(Consumer<Connection> consumer) {
        for (Connection each : new ArrayList<>(first.values())) {
            for (Connection one = each; one != null; one = one.successor()) {
                consumer.accept(one);
            }
        }
    }
}
