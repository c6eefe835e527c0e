package dev.gridmate.driver.stream;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.driver.PacketHandler;
import dev.gridmate.driver.PacketInfo;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.transport.Endpoint;
import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.Counters;
import dev.gridmate.internal.UpdateBudget;
import dev.gridmate.views.Notices;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * All connections of one driver: makes them, and gives those their turn that have something to do.
 */
public final class StreamCore {

    /** So that deadlines come, whatever peers do. */
    private static final int DEADLINES_IN_ANY_CASE = 16;

    private final StreamContext context;
    private final Turns<Connection> turns = new Turns<>();
    private final GivingWay givingWay;

    /** Makes the core of one driver. */
    public StreamCore(
            StreamSocketDriverConfig config, Counters<DriverCounter> counters, HandshakeLimits handshakeLimits) {
        this(config, counters, handshakeLimits, new BufferPool(config.buffers().memory()));
    }

    StreamCore(
            StreamSocketDriverConfig config,
            Counters<DriverCounter> counters,
            HandshakeLimits handshakeLimits,
            BufferPool pool) {
        context = new StreamContext(config, counters, handshakeLimits, pool);
        givingWay = new GivingWay(context, turns);
    }

    /** {@return the memory of all buffers} */
    public BufferPool pool() {
        return context.pool;
    }

    /** {@return the time that an update may take for what peers ask} */
    public UpdateBudget budget() {
        return context.budget;
    }

    /** Sets where is said what happens. */
    public void notices(Notices notices) {
        context.notices = notices;
    }

    /** {@return where is said what happens} */
    public Notices notices() {
        return context.notices;
    }

    /** {@return the time in the present call} */
    public long now() {
        return context.now;
    }

    /** Sets the time for what follows. */
    public void at(long time) {
        context.at(time);
    }

    // ------------------------------------------------------------ connections come

    /** {@return a connection of an accepted endpoint} */
    public Connection accepted(Endpoint endpoint, SocketDriverAddress address) {
        ConnectionState first = endpoint.hasHandshake() ? ConnectionState.HANDSHAKE : ConnectionState.ACCEPT;
        return begun(new Connection(context, turns, endpoint, address, false, first));
    }

    /** {@return a connection of an endpoint that is connecting} */
    public Connection connecting(Endpoint endpoint, SocketDriverAddress address) {
        return begun(new Connection(context, turns, endpoint, address, true, ConnectionState.CONNECTING));
    }

    private static Connection begun(Connection connection) {
        connection.begin();
        return connection;
    }

    /** {@return who gives way when there are no places left} */
    public GivingWay givingWay() {
        return givingWay;
    }

    // ------------------------------------------------------------ turns in an update

    /** Serves the connections whose turn did not come in the last update; returns the work done. */
    public int serveLate() {
        return turns.late.serve(each -> each.arrivals().onReady());
    }

    /** Serves the connections that are to be looked at unasked; returns the work done. */
    public int serveUnasked() {
        return turns.unasked.serve(each -> each.arrivals().onReady());
    }

    /**
     * Writes what is waiting; returns the bytes written. A connection that could not write all
     * stays in the queue.
     */
    public int flush() {
        return turns.dirty.serve(Connection::flush);
    }

    /** Acts on the deadlines that have come; returns how many. */
    public int expire() {
        int work = 0;
        int looked = 0;
        while (looked < DEADLINES_IN_ANY_CASE || !context.budget.isSpent()) {
            Connection due = turns.deadlines.poll(context.now);
            if (due == null) {
                break;
            }
            work += due.onDeadline();
            looked++;
        }
        return work;
    }

    /** Ends the connections that have come to their end; returns how many. */
    public int settle() {
        return turns.ending.serve(each -> each.ending().settle());
    }

    /** {@return the next connection with something to tell; null if there is none} */
    public @Nullable Connection nextNews() {
        return turns.news.poll();
    }

    /** {@return how many connections have something to tell} */
    public int newsCount() {
        return turns.news.size();
    }

    // ------------------------------------------------------------ packets

    /**
     * {@return the connection whose turn it is, with a whole packet; null if there is none} It
     * keeps its turn.
     */
    public @Nullable Connection peekDeliverable() {
        return turns.deliverable.peek();
    }

    /**
     * Copies the next packet, as {@link dev.gridmate.driver.Driver#receive(ByteBuffer, PacketInfo)}
     * says.
     */
    public int receive(ByteBuffer into, PacketInfo result) {
        Connection connection = peekDeliverable();
        if (connection == null) {
            result.set(null, ResultCode.OK, 0);
            return 0;
        }
        int size = connection.nextPacketSize();
        if (into.remaining() < size) {
            result.set(connection.address(), ResultCode.RECEIVE_BUFFER_TOO_SMALL, size);
            return 0;
        }
        connection.receive(into);
        result.set(connection.address(), ResultCode.OK, 0);
        return size;
    }

    /** Hands out packets, one for each connection in turn; returns how many. */
    public int receive(PacketHandler handler, int limit) {
        int received = 0;
        for (Connection next = peekDeliverable(); next != null && received < limit; next = peekDeliverable()) {
            received += next.receive(handler, limit - received);
        }
        return received;
    }

    // ------------------------------------------------------------ waiting

    /** {@return true if the program would find something now, without a look at the network} */
    public boolean hasSomethingToDo() {
        boolean room = turns.roomAgain; // said once: the program may find that it does not care
        turns.roomAgain = false;
        return room
                || turns.deliverable.size() > 0
                || turns.news.size() > 0
                || turns.unasked.size() > 0
                || turns.late.size() > 0;
    }

    /** {@return the time of the next deadline; {@link Long#MAX_VALUE} if there is none} */
    public long nextDeadline() {
        return turns.deadlines.earliest();
    }

    /**
     * Watches the endpoints with waiting bytes for room to write, or no longer, for the time of a
     * wait.
     */
    public void watchWriters(boolean write) {
        turns.dirty.serve(write ? each -> each.watchWriting(true) : each -> each.watchWriting(false));
    }
}
