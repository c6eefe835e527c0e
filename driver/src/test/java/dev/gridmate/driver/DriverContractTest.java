package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.DriverPair.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a program, or a protocol, that sits on a {@link Driver} relies on, whatever the driver and
 * the network are.
 */
@Timeout(60)
class DriverContractTest extends DriverContract {

    @ParameterizedTest
    @EnumSource
    void aHandlerSeesItsOwnPacketOnlyWhateverItDoesToTheView(Kind kind) {
        DriverPair pair = pair(kind);
        for (int size : new int[] {900, 20, 1, 900, 20}) {
            pair.send(1, size);
            int[] received = new int[1];
            pair.until(() -> {
                received[0] += pair.server.receive(
                        (from, packet) -> {
                            assertThat(packet.position()).isZero();
                            packet.position(size);
                            assertThat(packet.rewind().remaining()).isEqualTo(size);
                            assertThat(packet.clear().remaining()).isEqualTo(size);
                            assertThat(packet.isReadOnly()).isTrue();
                            assertThat(DriverPair.copy(packet)).isEqualTo(Packets.packet(0, size));
                        },
                        10);
                return received[0] == 1;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void packetsOfAnySizeArriveWholeAndTheSendersBufferIsAsBefore(Kind kind) {
        DriverPair pair = pair(kind);
        ByteBuffer direct = ByteBuffer.allocateDirect(2000).put(100, Packets.packet(7, 1000));
        ByteBuffer heap = ByteBuffer.allocate(2000).put(100, Packets.packet(7, 1000));
        for (ByteBuffer each : List.of(direct, heap, heap.asReadOnlyBuffer(), direct.asReadOnlyBuffer())) {
            each.limit(1100).position(100);
            ok(pair.client.send(pair.toServer, each));
            assertThat(each.position()).isEqualTo(100);
            assertThat(each.limit()).isEqualTo(1100);
        }
        assertThat(pair.receive(4)).allSatisfy(packet -> assertThat(packet).isEqualTo(Packets.packet(7, 1000)));
        for (int size : new int[] {1, 2, 500, pair.client.maxSendSize()}) {
            ok(pair.client.send(pair.toServer, Packets.buffer(1, size)));
            assertThat(pair.receive(1).get(0)).isEqualTo(Packets.packet(1, size));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothFormsOfReceiveSayWhoSentAndTheAnswerFindsTheWayBack(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(2, 20);
        List<SocketDriverAddress> senders = new ArrayList<>();
        pair.until(() -> pair.server.receive((from, packet) -> senders.add(from), 1) == 1);
        PacketInfo result = new PacketInfo();
        ByteBuffer into = ByteBuffer.allocate(3000).position(100);
        pair.until(() -> pair.server.receive(into, result) == 20);
        assertThat(into.position()).isEqualTo(120);
        assertThat(result.from()).isSameAs(pair.toClient).isSameAs(senders.get(0));
        assertThat(pair.server.createDriverAddress(result.from().toString())).isSameAs(result.from());

        ok(pair.server.send(result.from(), Packets.buffer(9, 30)));
        ByteBuffer back = ByteBuffer.allocateDirect(2000);
        pair.until(() -> pair.client.receive(back, result) == 30);
        assertThat(result.from()).isSameAs(pair.toServer);
        assertThat(back.flip()).isEqualTo(Packets.buffer(9, 30));
    }

    @ParameterizedTest
    @EnumSource
    void whenNothingIsReadyReceiveSaysSo(Kind kind) {
        DriverPair pair = pair(kind);
        PacketInfo result = new PacketInfo();
        assertThat(pair.server.receive(ByteBuffer.allocate(2000), result)).isZero();
        assertThat(result.code()).isEqualTo(ResultCode.OK);
        assertThat(result.from()).isNull();
        assertThat(pair.server.receive((from, packet) -> {}, 10)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aBufferTooSmallForThePacketLeavesItAndSaysTheSize(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(3, 500);
        PacketInfo result = new PacketInfo();
        ByteBuffer small = ByteBuffer.allocate(499);
        pair.until(() -> {
            assertThat(pair.server.receive(small, result)).isZero();
            return result.code() == ResultCode.RECEIVE_BUFFER_TOO_SMALL;
        });
        assertThat(result.sizeNeeded()).isEqualTo(500);
        assertThat(result.from()).isSameAs(pair.toClient);
        assertThat(small.position()).isZero();
        ByteBuffer enough = ByteBuffer.allocate(500);
        assertThat(pair.server.receive(enough, result)).isEqualTo(500);
        assertThat(enough.array()).isEqualTo(Packets.packet(0, 500));
        assertThat(result.sizeNeeded()).isZero();

        pair.until(() -> {
            assertThat(pair.server.receive(small, result)).isZero();
            return result.code() == ResultCode.RECEIVE_BUFFER_TOO_SMALL;
        });
        assertThat(pair.server.waitForData(Duration.ZERO))
                .as("a packet is there")
                .isTrue();
        assertThat(pair.receive(2)).containsExactly(Packets.packet(1, 500), Packets.packet(2, 500));
    }

    @ParameterizedTest
    @EnumSource
    void aPacketSurvivesABufferThatCannotBeWritten(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(1, 10);
        ByteBuffer readOnly = ByteBuffer.allocate(100).asReadOnlyBuffer();
        assertThatThrownBy(() -> pair.until(() -> pair.server.receive(readOnly, new PacketInfo()) != 0))
                .isInstanceOf(ReadOnlyBufferException.class);
        assertThat(pair.receive(1)).containsExactly(Packets.packet(0, 10));
    }

    @ParameterizedTest
    @EnumSource
    void noMorePacketsThanTheLimitAreHandedOut(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(5, 10);
        List<byte[]> received = new ArrayList<>();
        pair.until(() -> {
            int count = pair.server.receive((from, packet) -> received.add(DriverPair.copy(packet)), 2);
            assertThat(count).isLessThanOrEqualTo(2);
            return received.size() == 5;
        });
        for (int i = 0; i < 5; i++) {
            assertThat(received.get(i)).isEqualTo(Packets.packet(i, 10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLentPacketIsReadOnlyAndBigEndianWhateverTheHandlerBeforeDidToIt(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(2, 40);
        List<byte[]> received = new ArrayList<>();
        PacketHandler handler = (from, packet) -> {
            assertThat(packet.isReadOnly()).isTrue();
            assertThat(packet.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            received.add(DriverPair.copy(packet));
            packet.order(ByteOrder.LITTLE_ENDIAN).position(10).mark().limit(20);
        };
        pair.until(() -> {
            pair.server.receive(handler, 10);
            return received.size() == 2;
        });
        assertThat(received).containsExactly(Packets.packet(0, 40), Packets.packet(1, 40));
    }

    @ParameterizedTest
    @EnumSource
    void aLentPacketCanBeSentAsItIs(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(3, 40);
        List<byte[]> answers = new ArrayList<>();
        pair.until(() -> {
            pair.server.receive(pair.server::send, 10);
            pair.client.receive((from, packet) -> answers.add(DriverPair.copy(packet)), 10);
            return answers.size() == 3;
        });
        assertThat(answers).containsExactly(Packets.packet(0, 40), Packets.packet(1, 40), Packets.packet(2, 40));
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerMayReceiveAgainToAnyDepthAndFindsItsOwnPacketWhereItWas(Kind kind) {
        DriverPair pair = pair(kind);
        for (int round = 0; round < 3; round++) {
            pair.send(6, 100);
            List<byte[]> received = new ArrayList<>();
            pair.until(() -> {
                pair.server.receive(deeper(pair.server, received, 3), 1);
                return received.size() == 6;
            });
            for (int i = 0; i < 6; i++) {
                byte[] expected = Packets.packet(i, 100);
                assertThat(received).anySatisfy(packet -> assertThat(packet).isEqualTo(expected));
            }
        }
    }

    private static PacketHandler deeper(Driver driver, List<byte[]> received, int depth) {
        return (from, packet) -> {
            byte[] before = DriverPair.copy(packet);
            if (depth > 0) {
                driver.receive(ByteBuffer.allocate(1), new PacketInfo()); // too small: stays, and is the next one
                driver.receive(deeper(driver, received, depth - 1), 1);
                driver.update();
            }
            assertThat(DriverPair.copy(packet)).isEqualTo(before);
            received.add(before);
        };
    }

    @ParameterizedTest
    @EnumSource
    void whatAHandlerThrowsReachesTheCallerAndThePacketCountsAsReceived(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(2, 10);
        assertThatThrownBy(() -> pair.until(() -> pair.server.receive(
                                (from, packet) -> {
                                    throw new IllegalStateException("boom");
                                },
                                10)
                        > 0))
                .hasMessage("boom");
        assertThat(pair.receive(1)).containsExactly(Packets.packet(1, 10));
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerMayCloseTheDriverAndGetsNothingMore(Kind kind) {
        DriverPair pair = pair(kind);
        pair.send(3, 10);
        List<byte[]> received = new ArrayList<>();
        pair.until(() -> {
            try {
                return pair.server.receive(
                                (from, packet) -> {
                                    pair.server.close();
                                    received.add(DriverPair.copy(packet));
                                },
                                10)
                        > 0;
            } finally {
                if (!received.isEmpty()) {
                    assertThat(received).containsExactly(Packets.packet(0, 10));
                }
            }
        });
        assertThatIllegalStateException().isThrownBy(pair.server::update).withMessageContaining("closed");
    }

    @ParameterizedTest
    @EnumSource
    void countersSayWhatWentInAndOut(Kind kind) {
        DriverPair pair = pair(kind);
        long readsBefore = pair.server.counter(DriverCounter.READS);
        pair.send(4, 50);
        pair.receive(4);
        int onTheWire = 4 * (50 + (kind.isStream() ? 2 : 0));
        assertThat(pair.client.counter(DriverCounter.PACKETS_OUT)).isEqualTo(4);
        assertThat(pair.client.counter(DriverCounter.BYTES_OUT)).isEqualTo(onTheWire);
        assertThat(pair.client.counter(DriverCounter.WRITES)).isBetween(1L, 4L);
        assertThat(pair.server.counter(DriverCounter.PACKETS_IN)).isEqualTo(4);
        assertThat(pair.server.counter(DriverCounter.BYTES_IN)).isEqualTo(onTheWire);
        assertThat(pair.server.counter(DriverCounter.READS)).isGreaterThan(readsBefore);
        assertThat(pair.client.counter(DriverCounter.SENDS_REJECTED)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void asMuchAsIsWritableCanBeSent(Kind kind) {
        DriverPair pair = pair(kind);
        int writable = Math.min(pair.client.writableBytes(pair.toServer), pair.client.maxSendSize());
        assertThat(writable).isPositive();
        ok(pair.client.send(pair.toServer, Packets.buffer(0, writable)));
        assertThat(pair.receive(1)).containsExactly(Packets.packet(0, writable));
        assertThat(pair.client.packetOverheadSize()).isEqualTo(kind.isStream() ? 2 : 28);
    }

    @ParameterizedTest
    @EnumSource
    void timeIsTheNetworks(Kind kind) {
        DriverPair pair = pair(kind);
        long before = pair.server.nanoTime();
        pair.network.advance(Duration.ofDays(1));
        long passed = pair.server.nanoTime() - before;
        if (kind.isSimulated()) {
            assertThat(passed).isEqualTo(Duration.ofDays(1).toNanos());
            assertThat(pair.client.nanoTime()).isEqualTo(pair.server.nanoTime());
        } else {
            assertThat(passed).isBetween(0L, Duration.ofHours(1).toNanos());
        }
    }

    @ParameterizedTest
    @EnumSource
    void gridMateClosesADriverThatIsStillOpenAndLeavesNothingBehind(Kind kind) {
        DriverPair pair = new DriverPair(kind);
        pair.client.close();
        pair.gridMate.close();
        assertThatIllegalStateException().isThrownBy(pair.server::update).withMessageContaining("closed");
        assertThat(pair.network.openEndpoints()).isZero();
        assertThat(pair.network.openListeners()).isZero();
        assertThat(pair.network.openDatagramSockets()).isZero();
    }
}
