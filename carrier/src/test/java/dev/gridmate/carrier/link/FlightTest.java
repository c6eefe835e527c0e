package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.traffic.DefaultTrafficControl;
import dev.gridmate.carrier.traffic.TrafficControl;
import dev.gridmate.carrier.wire.AcksReader;
import dev.gridmate.driver.SocketDriverAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an acknowledgement costs, and which ones are believed. */
class FlightTest {

    private static final int ACKS = 6;

    private final AcksReader acks = new AcksReader();
    private final TrafficControl.Flow flow = new DefaultTrafficControl(0, 0, 0)
            .onConnect(SocketDriverAddress.of(new InetSocketAddress("10.0.0.1", 1)), 1_372, 0);
    private int acknowledged;

    private Flight flight(int first, int sent) {
        Flight flight = new Flight(
                flow,
                new Flight.Outcome() {
                    @Override
                    public void onAcknowledged(@Nullable Message messages, long now) {
                        acknowledged++;
                    }

                    @Override
                    public void onLost(@Nullable Message messages) {}

                    @Override
                    public void onForgotten(@Nullable Message messages) {}
                },
                first);
        for (int i = 0; i < sent; i++) {
            flight.onSent(10, 0, true, null, 0);
        }
        return flight;
    }

    private AcksReader range(int first, int last) {
        return read(0x40, last >>> 8, last, first >>> 8, first, ACKS);
    }

    private AcksReader single(int number) {
        return read(0, number >>> 8, number, ACKS);
    }

    private AcksReader read(int... payload) {
        ByteBuffer buffer = ByteBuffer.allocate(payload.length);
        for (int each : payload) {
            buffer.put((byte) each);
        }
        assertThat(acks.wrap(buffer, 0, payload.length)).isTrue();
        return acks;
    }

    @Test
    void anAcknowledgementCostsTheSameAtAFlightOf10AndOf1000() {
        long[] costs = new long[2];
        int[] flights = {10, 1_000};
        for (int i = 0; i < flights.length; i++) {
            Flight flight = flight(100, flights[i]);
            long before = flight.steps;
            for (int j = 0; j < 5; j++) {
                assertThat(flight.onAcks(single(100 + flights[i] - 1 - j), 1)).isTrue();
                assertThat(flight.onAcks(single(100 + flights[i] - 1 - j), 1)).isTrue();
            }
            costs[i] = flight.steps - before;
        }
        assertThat(costs[0]).isEqualTo(costs[1]).isPositive();
    }

    @Test
    void anAcknowledgementOfAllThatIsAcknowledgedAlreadyCostsAStep() {
        Flight flight = flight(100, 1_000);
        assertThat(flight.onAcks(range(100 + 500, 100 + 998), 1)).isTrue();
        assertThat(acknowledged).isEqualTo(499);
        long before = flight.steps;
        assertThat(flight.onAcks(range(100 + 500, 100 + 998), 1)).isTrue();
        assertThat(flight.steps - before).isOne();
        assertThat(acknowledged).isEqualTo(499);
    }

    /** 100 datagrams were sent, of the numbers 65,500 to 63. */
    @ParameterizedTest
    @CsvSource({
        "65500, 65500, 1",
        "63, 63, 1",
        "65500, 63, 100",
        "64, 64, 0",
        "65499, 65499, 0",
        "65499, 63, 0",
        "65500, 64, 0",
        "65500, 30000, 0",
        "40000, 63, 0"
    })
    void whatWasNeverSentIsNotBelieved(int first, int last, int expected) {
        Flight flight = flight(65_500, 100);
        assertThat(flight.onAcks(range(first, last), 1)).isEqualTo(expected > 0);
        assertThat(acknowledged).isEqualTo(expected);
    }

    @Test
    void twoAcknowledgementsThatCoverAllNumbersAcknowledgeNothing() {
        Flight flight = flight(2, 1_000);
        assertThat(flight.onAcks(range(0, 32_767), 1)).isFalse();
        assertThat(flight.onAcks(range(32_768, 65_535), 1)).isFalse();
        assertThat(flight.onAcks(range(2, 1_001), 1))
                .as("wider than a peer can remember")
                .isFalse();
        assertThat(acknowledged).isZero();
        assertThat(flight.onAcks(range(1_001 - 512, 1_001), 1)).isTrue();
        assertThat(acknowledged).isEqualTo(513);
    }
}
