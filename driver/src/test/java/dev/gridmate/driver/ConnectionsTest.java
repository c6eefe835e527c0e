package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.sim.SimulatedPeer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a program keeps with its connections, and how it goes through them. */
class ConnectionsTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    private final SimulatedPair it = new SimulatedPair(config -> config);
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void close() {
        it.gridMate.close();
    }

    private record Player(String name) {}

    /** A program that gives each peer a name, and tells it goodbye by that. */
    private Names names(Consumer<SocketDriverAddress> atTheEnd) {
        Names names = new Names(atTheEnd);
        it.driver.subscribe(names);
        return names;
    }

    private final class Names implements StreamSocketDriverEvents {
        private final Consumer<SocketDriverAddress> atTheEnd;
        private int count;

        Names(Consumer<SocketDriverAddress> atTheEnd) {
            this.atTheEnd = atTheEnd;
        }

        @Override
        public void onConnectionEstablished(SocketDriverAddress address) {
            told.add("begins with " + it.driver.attachment(address));
            it.driver.attach(address, new Player("player " + ++count));
        }

        @Override
        public void onConnectionDisconnected(SocketDriverAddress address, DisconnectReason reason) {
            told.add("end of " + it.driver.attachment(address, Player.class));
            atTheEnd.accept(address);
        }
    }

    private SimulatedPeer comeBack(SocketDriverAddress from) {
        SimulatedPeer peer = it.peerHost.connectRaw(from.port(), SimulatedPair.at("10.0.0.1", SimulatedPair.PORT));
        it.step(MOMENT);
        it.step(MOMENT);
        return peer;
    }

    private void settle() {
        for (int i = 0; i < 5; i++) {
            it.step(MOMENT);
        }
    }

    // ------------------------------------------------------------ attachments

    @Test
    void whatIsAttachedIsThereUntilTheDisconnectedEventHasReturned() {
        names(address -> {});
        SimulatedPeer peer = it.peer();
        SocketDriverAddress address = it.last();
        assertThat(it.driver.attachment(address)).isEqualTo(new Player("player 1"));
        peer.close();
        settle();
        assertThat(told).containsExactly("begins with null", "end of Player[name=player 1]");
        assertThat(it.driver.attachment(address)).isNull();
        assertThat(it.driver.attachment(address, Player.class)).isNull();
    }

    @Test
    void theNextConnectionFromTheSameAddressBeginsWithNone() {
        names(address -> {});
        SimulatedPeer peer = it.peer();
        SocketDriverAddress address = it.last();
        peer.close();
        settle();
        comeBack(address);
        assertThat(it.last()).isSameAs(address);
        assertThat(told).containsExactly("begins with null", "end of Player[name=player 1]", "begins with null");
        assertThat(it.driver.attachment(address)).isEqualTo(new Player("player 2"));
    }

    @Test
    void aConnectionThatIsSupersededKeepsItsOwnUntilItsEndIsTold() {
        names(address -> told.add("number " + (it.driver.connectionNumber(address) > 0)));
        it.network.host("10.0.0.1", "10.0.0.9");
        SimulatedPeer peer = it.peer();
        SocketDriverAddress address = it.last();
        long first = it.driver.connectionNumber(address);
        peer.reset();
        it.peerHost.connectRaw(address.port(), SimulatedPair.at("10.0.0.9", SimulatedPair.PORT));
        settle();
        assertThat(told)
                .containsExactly("begins with null", "end of Player[name=player 1]", "number true", "begins with null");
        assertThat(it.driver.connectionNumber(address)).isGreaterThan(first);
    }

    @Test
    void aHandlerThatConnectsAgainInTheEventStillSeesWhatTheOldConnectionHad() {
        SocketDriverAddress[] server = new SocketDriverAddress[1];
        names(address -> {
            if (!it.driver.isInitialized()) {
                return; // closed
            }
            ok(it.driver.connectTo(address));
            told.add("after connecting " + it.driver.attachment(address, Player.class));
        });
        it.peerHost.listenRaw(9);
        server[0] = it.driver.createDriverAddress("10.0.0.2|9");
        ok(it.driver.connectTo(server[0]));
        settle();
        it.driver.abort(server[0]);
        settle();
        assertThat(told)
                .containsExactly(
                        "begins with null",
                        "end of Player[name=player 1]",
                        "after connecting Player[name=player 1]",
                        "begins with null");
        assertThat(it.driver.attachment(server[0])).isEqualTo(new Player("player 2"));
    }

    @Test
    void closingTheDriverTellsOfEachWithItsAttachment() {
        names(address -> told.add(it.driver.connections().size() + " left"));
        it.peer();
        it.peer();
        it.gridMate.close();
        assertThat(told)
                .containsExactly(
                        "begins with null",
                        "begins with null",
                        "end of Player[name=player 1]",
                        "1 left",
                        "end of Player[name=player 2]",
                        "0 left");
        assertThat(it.driver.connections()).isEmpty();
        assertThat(it.driver.attachment(it.last())).isNull();
        assertThat(it.driver.connectionNumber(it.last())).isZero();
    }

    @Test
    void anAttachmentIsReplacedAndTakenAway() {
        it.peer();
        it.driver.attach(it.last(), "one");
        it.driver.attach(it.last(), "two");
        assertThat(it.driver.attachment(it.last(), String.class)).isEqualTo("two");
        assertThatThrownBy(() -> it.driver.attachment(it.last(), Player.class)).isInstanceOf(ClassCastException.class);
        it.driver.attach(it.last(), null);
        assertThat(it.driver.attachment(it.last())).isNull();
    }

    @Test
    void nothingIsAttachedWithoutAConnectionThatWasAnnounced() {
        SocketDriverAddress nobody = it.driver.createDriverAddress("10.0.0.2|9");
        assertThatIllegalStateException()
                .isThrownBy(() -> it.driver.attach(nobody, "x"))
                .withMessage(
                        "no connection with 10.0.0.2|9 was announced: attach in onConnectionEstablished, or later");
        it.peerHost.listenRaw(9);
        ok(it.driver.connectTo(nobody));
        assertThatIllegalStateException().isThrownBy(() -> it.driver.attach(nobody, "x"));
        assertThat(it.driver.connectionNumber(nobody)).isZero();
        settle();
        it.driver.attach(nobody, "x");
        assertThat(it.driver.attachment(nobody)).isEqualTo("x");
    }

    @Test
    void anAddressThatIsMerelyEqualNamesTheSameConnection() {
        it.peer();
        it.driver.attach(SocketDriverAddress.of(it.last().toInetSocketAddress()), "x");
        assertThat(it.driver.attachment(it.last())).isEqualTo("x");
        SocketDriverAddress stranger = SocketDriverAddress.of(SimulatedPair.at("10.9.9.9", 1));
        assertThat(it.driver.attachment(stranger)).isNull();
    }

    @Test
    void anAddressNamesItsDriver() {
        it.peer();
        assertThat(it.last().driver()).isSameAs(it.driver);
        assertThat(it.last().driver(StreamSocketDriver.class)).isSameAs(it.driver);
        assertThatThrownBy(() -> it.last().driver(SocketDriver.class)).isInstanceOf(ClassCastException.class);
        assertThat(SocketDriverAddress.of(it.last().toInetSocketAddress()).driver())
                .isNull();
    }

    @Test
    void numbersAreNeverGivenAgain() {
        it.peer();
        long first = it.driver.connectionNumber(it.last());
        it.peer();
        assertThat(first).isPositive();
        assertThat(it.driver.connectionNumber(it.last())).isGreaterThan(first);
    }

    // ------------------------------------------------------------ walking

    @Test
    void aWalkSeesWhatWasThereWhenItBeganWhateverItDoes() {
        List<SocketDriverAddress> three = List.of(peer(), peer(), peer());
        List<SocketDriverAddress> seen = new ArrayList<>();
        for (SocketDriverAddress each : it.driver.connections()) {
            seen.add(each);
            it.driver.disconnectFrom(each);
            it.driver.abort(three.get(2));
            settle();
            if (seen.size() == 2) {
                it.peer();
            }
        }
        assertThat(seen).isEqualTo(three);
        assertThat(it.driver.connections()).doesNotContain(three.get(2)).contains(it.last());
    }

    private SocketDriverAddress peer() {
        it.peer();
        return it.last();
    }

    @Test
    void aWalkThatClosesTheDriverComesToItsEnd() {
        peer();
        peer();
        List<SocketDriverAddress> seen = new ArrayList<>();
        it.driver.connections().forEach(each -> {
            seen.add(each);
            it.driver.close();
        });
        assertThat(seen).hasSize(2);
        assertThat(it.events.disconnected).hasSameElementsAs(seen);
        assertThat(it.driver.connections()).isEmpty();
    }

    @Test
    void walksGoOnInsideWalks() {
        List<SocketDriverAddress> two = List.of(peer(), peer());
        List<SocketDriverAddress> seen = new ArrayList<>();
        for (SocketDriverAddress outer : it.driver.connections()) {
            for (SocketDriverAddress inner : it.driver.connections()) {
                seen.add(outer);
                seen.add(inner);
            }
        }
        SocketDriverAddress a = two.get(0);
        SocketDriverAddress b = two.get(1);
        assertThat(seen).containsExactly(a, a, a, b, b, a, b, b);
    }

    @Test
    void aWalkThatIsLeftEarlyDisturbsNoOther() {
        List<SocketDriverAddress> three = List.of(peer(), peer(), peer());
        for (int i = 0; i < 2; i++) {
            for (SocketDriverAddress each : it.driver.connections()) {
                assertThat(each).isSameAs(three.get(0));
                break;
            }
            List<SocketDriverAddress> seen = new ArrayList<>();
            for (SocketDriverAddress each : it.driver.connections()) {
                seen.add(each);
            }
            assertThat(seen).isEqualTo(three);
        }
        Iterator<SocketDriverAddress> walk = it.driver.connections().iterator();
        walk.forEachRemaining(each -> {});
        assertThat(walk.hasNext()).isFalse();
        assertThatThrownBy(walk::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void theListIsForReading() {
        SocketDriverAddress one = peer();
        List<SocketDriverAddress> all = it.driver.connections();
        assertThat(it.driver.connections()).isSameAs(all);
        assertThatThrownBy(() -> all.remove(one)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> all.add(one)).isInstanceOf(UnsupportedOperationException.class);
        peer();
        assertThat(all).containsExactly(one);
        assertThat(it.driver.connections()).hasSize(2);
    }

    // ------------------------------------------------------------ to all

    @Test
    void aPacketGoesToAllButOne() {
        SimulatedPeer one = it.peer();
        SocketDriverAddress addressOfOne = it.last();
        SimulatedPeer two = it.peer();
        SimulatedPeer three = it.peer();
        ByteBuffer packet = ByteBuffer.wrap(new byte[] {7, 8});
        assertThat(it.driver.sendToAll(packet, addressOfOne)).isEqualTo(2);
        assertThat(packet.remaining()).isEqualTo(2);
        settle();
        assertThat(one.read(10)).isEmpty();
        assertThat(two.read(10)).containsExactly(0, 2, 7, 8);
        assertThat(three.read(10)).containsExactly(0, 2, 7, 8);
        assertThat(it.driver.sendToAll(packet, null)).isEqualTo(3);
        assertThat(it.count(DriverCounter.SENDS_REJECTED)).isZero();
    }

    @Test
    void whatIsRefusedIsCountedAndTheOthersGetTheirs() {
        peer();
        SocketDriverAddress leaving = it.last();
        SimulatedPeer two = it.peer();
        it.driver.disconnectFrom(leaving);
        assertThat(it.driver.sendToAll(ByteBuffer.wrap(new byte[] {9}), null)).isEqualTo(1);
        assertThat(it.count(DriverCounter.SENDS_REJECTED)).isEqualTo(1);
        settle();
        assertThat(two.read(10)).containsExactly(0, 1, 9);
    }

    @Test
    void aPacketThatNobodyMayGetIsRefusedAlsoWhenNobodyIsThere() {
        assertThatIllegalArgumentException().isThrownBy(() -> it.driver.sendToAll(ByteBuffer.allocate(0), null));
        assertThat(it.driver.sendToAll(ByteBuffer.allocate(1), null)).isZero();
    }

    @Test
    void oneIteratorServesEveryWalkOverTheConnectionsThatComesToItsEnd() {
        try (SimulatedPair it = new SimulatedPair(config -> config)) {
            it.peer();
            it.peer();
            Iterator<SocketDriverAddress> first = it.driver.connections().iterator();
            for (int walk = 0; walk < 4; walk++) {
                Iterator<SocketDriverAddress> each =
                        walk == 0 ? first : it.driver.connections().iterator();
                assertThat(each).isSameAs(first);
                assertThat(each.next()).isSameAs(it.events.established.get(0));
                assertThat(each.next()).isSameAs(it.last());
                assertThat(each.hasNext()).isFalse();
            }
        }
    }
}
