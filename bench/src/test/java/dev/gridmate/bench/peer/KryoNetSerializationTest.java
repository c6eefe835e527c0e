package dev.gridmate.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryonet.Connection;
import com.esotericsoftware.kryonet.FrameworkMessage;
import com.esotericsoftware.kryonet.FrameworkMessage.KeepAlive;
import com.esotericsoftware.kryonet.FrameworkMessage.Ping;
import com.esotericsoftware.kryonet.FrameworkMessage.RegisterTCP;
import com.esotericsoftware.kryonet.KryoNetException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KryoNetSerializationTest {

    private final KryoNetSerialization serialization = new KryoNetSerialization();
    private final Connection connection = new Connection() {};
    private final ByteBuffer buffer = ByteBuffer.allocate(100_000);

    @Test
    void aPacketIsAZeroAndItsBytes() {
        serialization.write(connection, buffer, KryoNetPacket.of(new byte[] {7, 8}));
        assertThat(Arrays.copyOf(buffer.array(), buffer.position())).containsExactly(0, 7, 8);
    }

    @Test
    void packetsOfAllSizesComeBack() {
        for (int size : new int[] {1, 64, 32_768, 65_534}) {
            KryoNetPacket packet = (KryoNetPacket) thereAndBack(KryoNetPacket.of(Payload.of(size)));
            assertThat(Arrays.copyOf(packet.bytes, packet.size)).isEqualTo(Payload.of(size));
        }
    }

    @Test
    void theLengthIsSixteenBitsBigEndian() {
        serialization.writeLength(buffer, 0xfffe);
        assertThat(Arrays.copyOf(buffer.array(), buffer.position())).containsExactly(0xff, 0xfe);
        assertThat(serialization.readLength(buffer.flip())).isEqualTo(0xfffe);
    }

    @Test
    void itsOwnMessagesComeBack() {
        RegisterTCP register = new RegisterTCP();
        register.connectionID = 12_345;
        assertThat(thereAndBack(register))
                .isInstanceOfSatisfying(
                        RegisterTCP.class, back -> assertThat(back.connectionID).isEqualTo(12_345));
        Ping ping = new Ping();
        ping.id = 9;
        ping.isReply = true;
        assertThat(thereAndBack(ping)).isInstanceOfSatisfying(Ping.class, back -> {
            assertThat(back.id).isEqualTo(9);
            assertThat(back.isReply).isTrue();
        });
        assertThat(thereAndBack(new KeepAlive())).isInstanceOf(FrameworkMessage.KeepAlive.class);
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> serialization.read(connection, ByteBuffer.wrap(new byte[] {99})))
                .isInstanceOf(KryoNetException.class)
                .hasMessageContaining("99");
    }

    private Object thereAndBack(Object object) {
        buffer.clear();
        serialization.write(connection, buffer, object);
        buffer.flip();
        Object back = serialization.read(connection, buffer);
        assertThat(buffer.hasRemaining()).isFalse();
        return back;
    }
}
