package dev.gridmate.bench.peer;

import com.esotericsoftware.kryonet.Connection;
import com.esotericsoftware.kryonet.FrameworkMessage;
import com.esotericsoftware.kryonet.FrameworkMessage.DiscoverHost;
import com.esotericsoftware.kryonet.FrameworkMessage.KeepAlive;
import com.esotericsoftware.kryonet.FrameworkMessage.Ping;
import com.esotericsoftware.kryonet.FrameworkMessage.RegisterTCP;
import com.esotericsoftware.kryonet.FrameworkMessage.RegisterUDP;
import com.esotericsoftware.kryonet.KryoNetException;
import com.esotericsoftware.kryonet.Serialization;
import java.nio.ByteBuffer;

/**
 * Raw packets, and KryoNet's own messages.
 *
 * <pre>
 * 16-bit length of what follows, big-endian | kind, 1 byte | body
 * </pre>
 *
 * <p>Kind 0 is a packet. Kryo is left out: it would be measured instead of the network.
 */
final class KryoNetSerialization implements Serialization {

    static final int KIND = 1;
    static final int LENGTH = 2;

    private static final byte PACKET = 0;
    private static final byte REGISTER_TCP = 1;
    private static final byte REGISTER_UDP = 2;
    private static final byte KEEP_ALIVE = 3;
    private static final byte PING = 4;
    private static final byte DISCOVER_HOST = 5;

    private static final FrameworkMessage KEEP_ALIVE_MESSAGE = new KeepAlive();
    private static final FrameworkMessage DISCOVER_HOST_MESSAGE = new DiscoverHost();

    // One for all connections: KryoNet's loop is done with a packet before it reads the next.
    private final KryoNetPacket lent = new KryoNetPacket(65_535);

    @Override
    public int getLengthLength() {
        return LENGTH;
    }

    @Override
    public void writeLength(ByteBuffer buffer, int length) {
        buffer.putShort((short) length);
    }

    @Override
    public int readLength(ByteBuffer buffer) {
        return Short.toUnsignedInt(buffer.getShort());
    }

    @Override
    public void write(Connection connection, ByteBuffer buffer, Object object) {
        if (object instanceof KryoNetPacket packet) {
            buffer.put(PACKET).put(packet.bytes, 0, packet.size);
        } else if (object instanceof RegisterTCP message) {
            buffer.put(REGISTER_TCP).putInt(message.connectionID);
        } else if (object instanceof RegisterUDP message) {
            buffer.put(REGISTER_UDP).putInt(message.connectionID);
        } else if (object instanceof KeepAlive) {
            buffer.put(KEEP_ALIVE);
        } else if (object instanceof Ping message) {
            buffer.put(PING).putInt(message.id).put((byte) (message.isReply ? 1 : 0));
        } else if (object instanceof DiscoverHost) {
            buffer.put(DISCOVER_HOST);
        } else {
            throw new KryoNetException("not a packet: " + object);
        }
    }

    @Override
    public Object read(Connection connection, ByteBuffer buffer) {
        byte kind = buffer.get();
        return switch (kind) {
            case PACKET -> {
                lent.size = buffer.remaining();
                buffer.get(lent.bytes, 0, lent.size);
                yield lent;
            }
            case REGISTER_TCP -> {
                RegisterTCP message = new RegisterTCP();
                message.connectionID = buffer.getInt();
                yield message;
            }
            case REGISTER_UDP -> {
                RegisterUDP message = new RegisterUDP();
                message.connectionID = buffer.getInt();
                yield message;
            }
            case KEEP_ALIVE -> KEEP_ALIVE_MESSAGE;
            case PING -> {
                Ping message = new Ping();
                message.id = buffer.getInt();
                message.isReply = buffer.get() != 0;
                yield message;
            }
            case DISCOVER_HOST -> DISCOVER_HOST_MESSAGE;
            default -> throw new KryoNetException("a message of the unknown kind " + kind);
        };
    }
}
