package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.DatagramWriter;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.transport.DatagramTransport;
import dev.gridmate.driver.transport.SocketOptions;
import dev.gridmate.driver.transport.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A peer that sends whatever bytes it likes to a carrier's port, and never acknowledges anything
 * unless told to.
 */
final class RawPeer implements AutoCloseable {

    private static final int SYSTEM_CHANNEL = 3;
    private static final int NO_RELIABLE = 65_535;

    final DatagramWriter writer = new DatagramWriter();
    private final MessageHeader header = new MessageHeader();
    private final DatagramReader reader = new DatagramReader();
    private final DatagramTransport socket;
    private final InetSocketAddress target;
    private final ByteBuffer buffer = ByteBuffer.allocate(65_507);
    private final ByteBuffer incoming = ByteBuffer.allocate(65_507);

    /** The number of the next datagram; and of the next message on the carrier's own channel. */
    int sequence = 2;

    int systemSeq;

    /** Bytes that it has sent, and received. */
    long bytesOut;

    long bytesIn;

    RawPeer(SimulatedHost host, int port, String targetIp) {
        socket = host.openDatagrams();
        target = new InetSocketAddress(targetIp, Side.PORT);
        try {
            socket.bind(new InetSocketAddress("0.0.0.0", port), false, new SocketOptions(AddressFamily.IPV4, 0, 0));
        } catch (TransportException e) {
            throw new AssertionError("cannot bind " + port, e);
        }
    }

    void send(byte... datagram) {
        bytesOut += datagram.length;
        try {
            if (!socket.send(ByteBuffer.wrap(datagram), target)) {
                throw new AssertionError("the network takes nothing");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Begins a datagram with the next number, to be written with {@link #writer} and finished with
     * {@link #send()}.
     */
    DatagramWriter begin() {
        writer.begin(buffer.clear(), sequence++);
        return writer;
    }

    byte[] written() {
        return Arrays.copyOf(buffer.array(), writer.size());
    }

    void send() {
        send(written());
    }

    /** Puts the end of the connection, in the plain form of the original. */
    void putDisconnect(int reason) {
        putDisconnect(bytes(reason, SystemMessage.DISCONNECT));
    }

    /** Puts the end of the connection, with anything in it. */
    void putDisconnect(byte[] payload) {
        header.isConnecting = false;
        header.isReliable = true;
        header.reliableSeq = 0;
        putSystem(payload);
    }

    void putSystem(boolean connecting, int... payload) {
        header.isConnecting = connecting;
        header.isReliable = false;
        header.reliableSeq = NO_RELIABLE;
        putSystem(bytes(payload));
    }

    private void putSystem(byte[] payload) {
        header.channel = SYSTEM_CHANNEL;
        header.chunks = 1;
        header.seq = systemSeq++;
        put(payload);
    }

    /** Puts a message of the program's. */
    void put(boolean reliable, int channel, int chunks, int seq, int reliableSeq, byte[] payload) {
        header.channel = channel;
        header.isReliable = reliable;
        header.isConnecting = false;
        header.chunks = chunks;
        header.seq = seq;
        header.reliableSeq = reliableSeq;
        put(payload);
    }

    private void put(byte[] payload) {
        header.isRepeated = true;
        header.length = payload.length;
        writer.put(header, payload);
    }

    byte[] connectRequest() {
        begin();
        putSystem(true, 0, 0, 0, 1, SystemMessage.CONNECT_REQUEST);
        return written();
    }

    /** Says that it lives. */
    void keepAlive() {
        begin();
        putSystem(false, 0x20, SystemMessage.ACKS);
        send();
    }

    /** Sends a datagram of a number and these bytes behind it. */
    void sendRaw(int... behind) {
        byte[] datagram = new byte[2 + behind.length];
        datagram[0] = (byte) (sequence >>> 8);
        datagram[1] = (byte) sequence++;
        System.arraycopy(bytes(behind), 0, datagram, 2, behind.length);
        send(datagram);
    }

    /** Takes all that has come in; returns how many of the carrier's own messages had an id. */
    int received(int systemId) {
        int count = 0;
        try {
            while (socket.receive(incoming.clear()) != null) {
                bytesIn += incoming.position();
                boolean more = reader.wrap(incoming.flip()) && reader.next();
                while (more) {
                    count += reader.systemId() == systemId ? 1 : 0;
                    more = reader.next();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    /** Takes all that has come in, message by message; {@code at} is when it left. */
    List<Heard> hear(long at) {
        List<Heard> heard = new ArrayList<>();
        try {
            while (socket.receive(incoming.clear()) != null) {
                bytesIn += incoming.position();
                boolean more = reader.wrap(incoming.flip()) && reader.next();
                while (more) {
                    heard.add(heardNow(at));
                    more = reader.next();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return heard;
    }

    /** Takes all that came; returns the number of the last datagram, behind so many bytes. */
    int lastNumber(int skipped) {
        int number = -1;
        try {
            while (socket.receive(incoming.clear()) != null) {
                bytesIn += incoming.position();
                number = incoming.flip().getShort(skipped) & 0xFFFF;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return number;
    }

    private Heard heardNow(long at) {
        MessageHeader header = reader.header();
        byte[] payload = new byte[header.length];
        reader.datagram().get(reader.payloadOffset(), payload);
        return new Heard(
                at,
                reader.sequence(),
                header.channel,
                header.channel == SYSTEM_CHANNEL ? reader.systemId() : -1,
                header.isReliable,
                header.isConnecting,
                header.chunks,
                header.seq,
                header.reliableSeq,
                payload);
    }

    /** Acknowledges one datagram, and so denies those before it that were not acknowledged. */
    void acknowledge(int datagram) {
        begin();
        putSystem(false, 0, datagram >>> 8, datagram, SystemMessage.ACKS);
        send();
    }

    /** Acknowledges the datagrams from one to another. */
    void acknowledge(int first, int last) {
        begin();
        putSystem(false, 0x40, last >>> 8, last, first >>> 8, first, SystemMessage.ACKS);
        send();
    }

    /** Sends one user message in a datagram of its own. */
    void say(boolean reliable, int channel, int seq, int reliableSeq, String text) {
        begin();
        put(reliable, channel, 1, seq, reliableSeq, text.getBytes(StandardCharsets.UTF_8));
        send();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Override
    public void close() {
        socket.close();
    }
}
