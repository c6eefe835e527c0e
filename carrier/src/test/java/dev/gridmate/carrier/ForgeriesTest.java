package dev.gridmate.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.SystemMessage;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a stranger achieves that sends in a peer's name and knows no number: the chances of the
 * page on security, counted.
 */
@Timeout(120)
class ForgeriesTest {

    private static final int FORGERIES = 100_000;
    private static final int AT_ONCE = 20;

    private final long seed = Long.getLong("gridmate.seed", 1);
    private final SplittableRandom random = new SplittableRandom(seed);

    /** Sends forgeries from the peer's address, a few between two signs of life of the peer. */
    private void forge(OneSided one, IntConsumer forgery) {
        for (int i = 0; i < FORGERIES; i += AT_ONCE) {
            int sequence = one.raw.sequence;
            for (int j = 0; j < AT_ONCE; j++) {
                one.raw.sequence = random.nextInt(65_536);
                forgery.accept(one.raw.sequence);
            }
            one.raw.sequence = sequence;
            step(one, 1);
            if (one.side.carrier.numConnections() == 0) {
                step(one, 600);
                one.raw.sequence = random.nextInt(65_536);
                one.raw.systemSeq = 0;
                one.connect();
                assertThat(one.side.carrier.numConnections()).isOne();
            } else if (i % 1_000 == 0) {
                one.heard.clear();
                one.side.events.clear();
            }
        }
    }

    private static void step(OneSided one, long millis) {
        one.network.advance(Duration.ofMillis(millis));
        one.side.carrier.update();
        one.now += millis;
    }

    private OneSided lasting() {
        return OneSided.connected(settings -> settings.enableDisconnectDetection(false)
                .newcomers(NewcomerLimits.DEFAULTS.withConnectsPerSecondPerRemoteIp(0)));
    }

    @Test
    void aForgedEndIsBelievedWithAChanceOfAtMost1In128() {
        try (OneSided one = lasting()) {
            long before = one.count(CarrierCounter.DISCONNECTS);
            forge(one, number -> {
                one.raw.begin();
                if (random.nextBoolean()) {
                    int acknowledged = random.nextInt(65_536);
                    one.raw.putSystem(false, 0, acknowledged >>> 8, acknowledged, SystemMessage.ACKS);
                }
                one.raw.putDisconnect(0);
                one.raw.send();
            });
            long ended = one.count(CarrierCounter.DISCONNECTS) - before;
            assertThat(ended).as("of %d, seed %d", FORGERIES, seed).isBetween(1L, FORGERIES / 128L);
        }
    }

    @Test
    void aForgedAcknowledgementAcknowledgesNothingAndARequestEndsNothing() {
        try (OneSided one = lasting()) {
            one.send("never acknowledged");
            forge(one, number -> {
                one.raw.begin();
                int last = random.nextInt(65_536);
                int first = random.nextInt(65_536);
                if (random.nextInt(3) > 0) {
                    one.raw.putSystem(false, 0x40, last >>> 8, last, first >>> 8, first, SystemMessage.ACKS);
                } else {
                    one.raw.putSystem(true, 0, 0, 0, 1, SystemMessage.CONNECT_REQUEST);
                }
                one.raw.send();
                if (number % 50 == 0) {
                    one.raw.sendRaw(number, number);
                }
            });
            assertThat(one.side.carrier.numConnections()).isOne();
            assertThat(one.side
                            .carrier
                            .queryStatistics(one.id(), dev.gridmate.carrier.traffic.Statistics.Period.LIFETIME, true)
                            .packetAcked())
                    .as("acknowledged, seed %d", seed)
                    .isZero();
        }
    }

    @Test
    void aForgedProofIsBelievedWithAChanceOfAFewIn65536() {
        try (OneSided one = new OneSided(settings -> Side.numbered(
                settings.newcomers(NewcomerLimits.DEFAULTS.withConnectsPerSecondPerRemoteIp(0)),
                () -> random.nextInt(65_536)))) {
            for (int i = 0; i < FORGERIES; i += AT_ONCE) {
                if (i % 1_000 == 0) {
                    one.raw.sequence = 2;
                    one.raw.send(one.raw.connectRequest());
                }
                for (int j = 0; j < AT_ONCE; j++) {
                    one.raw.acknowledge(random.nextInt(65_536));
                }
                step(one, 1);
            }
            assertThat(one.count(CarrierCounter.CONNECTIONS_ESTABLISHED))
                    .as("of %d, seed %d", FORGERIES, seed)
                    .isLessThan(60);
        }
    }

    @Test
    void requestsInThePeersNameEndNothingAsLongAsItLives() {
        try (OneSided one = OneSided.connected()) {
            for (int i = 0; i < 600; i++) {
                one.raw.send(one.raw.connectRequest());
                one.pass(50);
                if (i % 2 == 0) {
                    one.raw.keepAlive();
                }
            }
            assertThat(one.side.carrier.numConnections()).isOne();
        }
    }
}
