package dev.gridmate.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.DatagramReader;
import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.Recording;
import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the original's carriers sent each other, handed to a carrier of ours as if one of the two
 * spoke with it: the same messages arrive, and the same is told. Ours answers with datagrams of its
 * own, of which the recorded side takes no notice.
 */
@Timeout(60)
class RecordedSessionsTest {

    /** A recording, the side that is ours, and what carries the datagrams. */
    record Case(Recording recording, String ours, Side.Wire wire) {
        @Override
        public String toString() {
            return recording + ", we are the " + ours + ", over " + wire;
        }
    }

    static Stream<Case> cases() {
        return Recording.all().stream()
                .flatMap(recording -> Stream.of("server", "client")
                        .flatMap(ours ->
                                Arrays.stream(Side.Wire.values()).map(wire -> new Case(recording, ours, wire))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theOtherSideOfARecordedSessionIsUnderstood(Case which) {
        boolean isServer = which.ours.equals("server");
        boolean isMismatch = which.recording.name().contains("mismatch");
        int ourVersion = isMismatch && !isServer ? 2 : 1;
        SimulatedNetwork network = new SimulatedNetwork(1);
        UnaryOperator<CarrierDesc.Builder> settings =
                builder -> Side.numbered(builder.version(ourVersion), () -> 2); // as the original
        try (Side side = new Side(network.host("10.0.0.1"), which.wire, 1500, settings);
                RecordedPeer peer = RecordedPeer.of(which.wire, network, isServer)) {
            if (!isServer) {
                side.carrier.connect("10.0.0.2", Side.PORT);
            }
            List<Recording.Packet> arriving = which.recording.of(which.ours).stream()
                    .filter(packet -> !packet.sent())
                    .toList();
            long start = network.nanoTime();
            for (Recording.Packet packet : arriving) {
                long due = start + (long) (packet.milliseconds() * 1e6);
                while (network.nanoTime() < due) {
                    network.advanceTo(Math.min(due, network.nanoTime() + 1_000_000));
                    peer.update();
                    side.update();
                }
                peer.send(packet.bytes());
            }
            for (int i = 0; i < 100; i++) {
                network.advance(Duration.ofMillis(1));
                peer.update();
                side.update();
            }

            List<String> told = side.events.stream()
                    .filter(event -> !event.startsWith("security error"))
                    .toList();
            assertThat(told).isEqualTo(expectedEvents(isServer, isMismatch, endsWithDisconnect(arriving)));
            assertThat(side.events)
                    .as("the recorded side acknowledges what its own peer sent, which was sometimes more than ours")
                    .filteredOn(event -> event.startsWith("security error"))
                    .allMatch("security error SEQUENCE_NUMBER_OUT_OF_BOUND"::equals);
            assertDelivered(side, arriving);
        }
    }

    private static List<String> expectedEvents(boolean isServer, boolean isMismatch, boolean isDisconnected) {
        List<String> events = new ArrayList<>(isServer ? List.of("incoming") : List.of());
        events.add(isMismatch ? "failed VERSION_MISMATCH" : "established");
        if (!isMismatch && isDisconnected) {
            events.add("disconnected USER_REQUESTED");
        }
        return events;
    }

    private static boolean endsWithDisconnect(List<Recording.Packet> arriving) {
        DatagramReader reader = new DatagramReader();
        boolean found = false;
        for (Recording.Packet packet : arriving) {
            assertThat(reader.wrap(ByteBuffer.wrap(packet.bytes()))).isTrue();
            while (reader.next()) {
                found |= reader.systemId() == SystemMessage.DISCONNECT;
            }
        }
        return found;
    }

    /** Puts the recorded user messages in order in the plainest way there is, and compares. */
    private static void assertDelivered(Side side, List<Recording.Packet> arriving) {
        Map<Integer, Map<Integer, byte[]>> pieces = new TreeMap<>();
        Map<Integer, Map<Integer, Integer>> chunks = new TreeMap<>();
        Map<Integer, Map<Integer, String>> unreliable = new TreeMap<>();
        DatagramReader reader = new DatagramReader();
        for (Recording.Packet packet : arriving) {
            assertThat(reader.wrap(ByteBuffer.wrap(packet.bytes()))).isTrue();
            while (reader.next()) {
                byte[] payload = new byte[reader.header().length];
                reader.datagram().get(reader.payloadOffset(), payload);
                if (reader.header().channel == MessageHeader.SYSTEM_CHANNEL) {
                    assertThat(reader.systemId()).isBetween(SystemMessage.CONNECT_REQUEST, SystemMessage.ACKS);
                } else if (reader.header().isReliable) {
                    pieces.computeIfAbsent(reader.header().channel, key -> new TreeMap<>())
                            .put(reader.header().reliableSeq, payload);
                    chunks.computeIfAbsent(reader.header().channel, key -> new TreeMap<>())
                            .put(reader.header().reliableSeq, reader.header().chunks);
                } else {
                    unreliable
                            .computeIfAbsent(reader.header().channel, key -> new TreeMap<>())
                            .put(reader.header().seq, new String(payload, UTF_8));
                }
            }
        }
        for (int channel = 0; channel < MessageHeader.SYSTEM_CHANNEL; channel++) {
            List<String> expected = new ArrayList<>();
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            Map<Integer, byte[]> arrived = pieces.getOrDefault(channel, Map.of());
            for (int number = 0; arrived.containsKey(number); number++) { // behind one that is lost, all wait
                message.writeBytes(arrived.get(number));
                if (chunks.getOrDefault(channel, Map.of()).getOrDefault(number, 0) == 1) {
                    expected.add(message.toString(UTF_8));
                    message.reset();
                }
            }
            assertThat(received(side, channel, DataReliability.SEND_RELIABLE)).isEqualTo(expected);
            assertThat(received(side, channel, DataReliability.SEND_UNRELIABLE))
                    .containsExactlyElementsOf(
                            unreliable.getOrDefault(channel, Map.of()).values());
        }
    }

    private static List<String> received(Side side, int channel, DataReliability reliability) {
        return side.received.stream()
                .filter(each -> each.channel() == channel && each.reliability() == reliability)
                .map(Side.Received::text)
                .toList();
    }
}
