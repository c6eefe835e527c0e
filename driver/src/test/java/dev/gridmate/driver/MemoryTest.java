package dev.gridmate.driver;

import static dev.gridmate.driver.Loopback.ok;
import static dev.gridmate.driver.Packets.*;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.sim.SimulatedPeer;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory is taken while bytes wait, and given back when they have left. */
class MemoryTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final int PEERS = 200;

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static SimulatedPair pair() {
        return new SimulatedPair(config -> config.maxConnections(PEERS + 1).maxPacketSize(20_000));
    }

    private static void echo(SimulatedPair it, SimulatedPeer peer, int size) {
        byte[] frame = frame(packet(0, size));
        assertThat(peer.write(frame)).isEqualTo(frame.length);
        int received = 0;
        for (int i = 0; i < 10 && received == 0; i++) {
            it.step(MOMENT);
            received = it.driver.receive(it.driver::send, 10);
        }
        assertThat(received).isEqualTo(1);
        it.step(MOMENT);
        int read = 0;
        while (read < frame.length) {
            read += peer.read(4096).length;
            it.step(MOMENT);
        }
    }

    @Test
    void whoHasNothingWaitingHoldsNothingAlsoAfterTheSecondBurst() {
        try (SimulatedPair it = pair()) {
            List<SimulatedPeer> peers = new ArrayList<>();
            for (int i = 0; i < PEERS; i++) {
                peers.add(it.peer());
            }
            echo(it, peers.get(0), 100);
            echo(it, peers.get(0), 20_000);
            long before = directMemory();
            for (int round = 0; round < 2; round++) {
                for (SimulatedPeer each : peers) {
                    echo(it, each, 100);
                    echo(it, each, 20_000);
                }
            }
            assertThat(directMemory() - before).as("bytes for 200 connections").isLessThan(512 * 1024);
        }
    }

    @Test
    void whoEndsWithBytesWaitingGivesItsMemoryBackHoweverItEnds() {
        try (SimulatedPair it = pair()) {
            it.network.window(500);
            long before = 0;
            for (int i = 0; i < PEERS; i++) {
                SimulatedPeer peer = it.peer();
                SocketDriverAddress address = it.last();
                peer.write(frames(5, 20));
                ok(it.driver.send(address, buffer(0, 20_000)));
                it.step(MOMENT);
                switch (i % 4) {
                    case 0 -> ok(it.driver.abort(address));
                    case 1 -> peer.reset();
                    case 2 -> peer.write((byte) 0, (byte) 0);
                    default -> {
                        ok(it.driver.disconnectFrom(address));
                        it.step(MOMENT);
                        peer.reset();
                    }
                }
                it.step(MOMENT);
                it.step(MOMENT);
                it.driver.receive((from, packet) -> {}, 10);
                it.step(MOMENT);
                it.step(MOMENT);
                assertThat(it.events.disconnected).hasSize(i + 1);
                before = i == 7 ? directMemory() : before;
            }
            assertThat(directMemory() - before).as("bytes for what ended").isLessThan(512 * 1024);
        }
    }
}
