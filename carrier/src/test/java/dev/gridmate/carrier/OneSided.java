package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.SystemMessage;
import dev.gridmate.driver.sim.SimulatedHost;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A carrier, and a peer that says what the test wants and hears every message with the millisecond
 * in which it left. The test moves the clock, a millisecond at a time.
 */
final class OneSided implements AutoCloseable {

    static final int RAW_PORT = 666;
    private static final Duration MILLI = Duration.ofMillis(1);

    final SimulatedNetwork network = new SimulatedNetwork(1);
    final SimulatedHost rawHost = network.host("10.0.0.66");
    final Side side;
    final RawPeer raw;

    /** All that the peer has heard. */
    final List<Heard> heard = new ArrayList<>();

    /** Milliseconds since the beginning. */
    long now;

    OneSided(UnaryOperator<CarrierDesc.Builder> settings) {
        side = new Side(network.host("10.0.0.1"), Side.Wire.UDP, builder -> settings.apply(bearsLoss(builder)));
        raw = new RawPeer(rawHost, RAW_PORT, "10.0.0.1");
    }

    // A peer that acknowledges nothing would end each story by its losses.
    private static CarrierDesc.Builder bearsLoss(CarrierDesc.Builder settings) {
        return Side.numbered(settings.disconnectDetectionPacketLossThreshold(0), () -> 2);
    }

    /** Makes both, and has the peer connect and acknowledge the answer. */
    static OneSided connected(UnaryOperator<CarrierDesc.Builder> settings) {
        OneSided made = new OneSided(settings);
        made.connect();
        made.pass(200);
        made.heard.clear();
        made.side.events.clear();
        return made;
    }

    static OneSided connected() {
        return connected(UnaryOperator.identity());
    }

    /** Has the peer connect, and acknowledge the answer. */
    void connect() {
        connect(raw);
    }

    /** As {@link #connect()}, for another peer, which hears nothing else. */
    void connect(RawPeer peer) {
        peer.send(peer.connectRequest());
        pass(1);
        network.advance(MILLI);
        now++;
        acknowledgeAnswer(peer, peer.hear(now));
    }

    private void acknowledgeAnswer(RawPeer peer, List<Heard> heardNow) {
        peer.acknowledge(heardNow.get(heardNow.size() - 1).datagram());
        side.update();
        pass(1);
    }

    /** Acknowledges the answer that was heard last. */
    void acknowledge() {
        acknowledgeAnswer(raw, of(SystemMessage.CONNECT_ACK));
    }

    ConnectionId id() {
        return side.last();
    }

    void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            network.advance(MILLI);
            heard.addAll(raw.hear(now));
            now++;
            side.update();
        }
    }

    /**
     * Lets time pass in which the peer says every tenth of a second that it lives, and acknowledges
     * nothing.
     */
    void passWithSignsOfLife(long millis) {
        for (long left = millis; left > 0; left -= 100) {
            raw.keepAlive();
            pass(Math.min(left, 100));
        }
    }

    /** Lets time pass in which the program updates after each step of so many milliseconds. */
    void passInStepsOf(long millis, int steps) {
        for (int i = 0; i < steps; i++) {
            network.advance(Duration.ofMillis(millis));
            now += millis;
            side.update();
        }
    }

    /** Takes what has left, and lets no time pass. */
    List<Heard> hear() {
        network.advance(Duration.ZERO);
        heard.addAll(raw.hear(now));
        return heard;
    }

    SendResult send(String text, DataReliability reliability, int channel) {
        return side.send(text, ConnectionId.ALL, reliability, channel);
    }

    SendResult send(String text) {
        return send(text, DataReliability.SEND_RELIABLE, 0);
    }

    SendResult sendUnreliable(String text) {
        return send(text, DataReliability.SEND_UNRELIABLE, 0);
    }

    /** The carrier's own messages with an id, of those heard. */
    List<Heard> of(int systemId) {
        return hear().stream().filter(each -> each.systemId() == systemId).toList();
    }

    /** When the messages with a text left. */
    List<Long> timesOf(String text) {
        return users().stream()
                .filter(each -> each.text().equals(text))
                .map(Heard::at)
                .toList();
    }

    /** The number of the last datagram that carried a text. */
    int datagramOf(String text) {
        int number = -1;
        for (Heard each : users()) {
            number = each.text().equals(text) ? each.datagram() : number;
        }
        if (number < 0) {
            throw new AssertionError(text + " has not left");
        }
        return number;
    }

    List<Heard> users() {
        return hear().stream().filter(Heard::isUsers).toList();
    }

    List<String> texts() {
        return users().stream().map(Heard::text).toList();
    }

    /** When datagrams left, each once. */
    List<Long> timesOfDatagrams() {
        List<Long> times = new ArrayList<>();
        int last = -1;
        for (Heard each : hear()) {
            if (each.datagram() != last) {
                times.add(each.at());
                last = each.datagram();
            }
        }
        return times;
    }

    /** The number of the last datagram heard. */
    int lastDatagram() {
        return hear().get(heard.size() - 1).datagram();
    }

    long count(CarrierCounter counter) {
        return side.carrier.counter(counter);
    }

    @Override
    public void close() {
        raw.close();
        side.close();
    }
}
