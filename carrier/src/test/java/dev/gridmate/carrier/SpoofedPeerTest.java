package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A stranger sends in the name of a peer that lives. It knows the addresses and no number, so it
 * tries them all; the peer loses nothing by that.
 */
@Timeout(60)
class SpoofedPeerTest {

    private final SpoofedPair pair = new SpoofedPair(UnaryOperator.identity());

    private static void signOfLife(RawPeer stranger) {
        stranger.putSystem(false, 0x20, SystemMessage.ACKS);
    }

    private void live(Duration time) {
        pair.server.received.clear();
        List<String> sent = new ArrayList<>();
        long end = pair.network.nanoTime() + time.toNanos();
        for (int i = 0; pair.network.nanoTime() < end; i++) {
            String text = "message " + i;
            sent.add(text);
            assertThat(pair.client.send(text, pair.toServer, DataReliability.SEND_RELIABLE, 0))
                    .isEqualTo(SendResult.OK);
            pair.run(Duration.ofMillis(15));
        }
        pair.run(Duration.ofSeconds(4));
        assertThat(pair.server.texts()).isEqualTo(sent);
        assertThat(pair.client.events).containsExactly("established");
        assertThat(pair.server.carrier.numConnections()).isOne();
    }

    @Test
    void aSweepOfAllNumbersWithSignsOfLifeTakesNothingFromAPeerThatSpeaks() {
        for (int step : new int[] {1, 8, 16, 100, 256}) {
            for (int stop = 0; stop < 4; stop++) { // where the last number is says where the bounds would be
                pair.beforeEachTick = () -> pair.sweep(step, SpoofedPeerTest::signOfLife);
                pair.run(Duration.ofMillis(5L * 65_536 / 64 / step * (5 + stop) / 4));
                pair.beforeEachTick = () -> {};
                live(Duration.ofMillis(300));
            }
        }
    }

    @Test
    void whileNumbersAreSweptAPeerThatSaysNothingStaysConnected() {
        pair.beforeEachTick = () -> pair.sweep(64, SpoofedPeerTest::signOfLife);
        pair.run(Duration.ofSeconds(10));
        pair.beforeEachTick = () -> {};
        live(Duration.ofSeconds(1));
    }

    @Test
    void boundsThatWereMovedByForgedMessagesComeBackToThePeer() {
        for (int stop = 0; stop < 4; stop++) {
            pair.beforeEachTick = () -> pair.sweep(128, forger -> forger.put(false, 2, 1, 0, 65_535, new byte[1]));
            pair.run(Duration.ofMillis(5L * 65_536 / 64 / 128 * (5 + stop) / 4));
            pair.beforeEachTick = () -> {};
            pair.run(Duration.ofMillis(500));
            live(Duration.ofMillis(300));
        }
    }

    @Test
    void forgedDatagramsDoNotUseUpWhatAPeerMaySendInASecond() {
        try (SpoofedPair limited = new SpoofedPair(settings -> settings.recvPacketsLimit(100))) {
            limited.beforeEachTick =
                    () -> limited.guess(50, forger -> forger.put(true, 0, 1, 30_000, 30_000, new byte[9]));
            for (int i = 0; i < 100; i++) {
                limited.client.send("x", limited.toServer, DataReliability.SEND_UNRELIABLE, 0);
                limited.run(Duration.ofMillis(30));
            }
            assertThat(limited.server.received).hasSize(100);
            assertThat(limited.server.carrier.counter(CarrierCounter.DATAGRAMS_OVER_RATE))
                    .isZero();
        }
    }

    @Test
    void requestsThatWaitInFrontOfWhatThePeerSaidWhenThisSideGoesOnEndNothing() {
        for (int i = 0; i < 5; i++) {
            pair.forgeRequests(1);
            for (int j = 0; j < 10; j++) {
                pair.network.advance(Pair.TICK); // the client has nothing to say
                pair.server.update();
            }
            for (int j = 0; j < 600; j++) {
                pair.network.advance(Pair.TICK); // the server stands still for three seconds
                pair.client.update();
            }
            pair.forgeRequests(3);
            pair.server.update();
            pair.run(Duration.ofMillis(100));
        }
        live(Duration.ofSeconds(1));
    }
}
