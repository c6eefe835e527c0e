package dev.gridmate.driver.sim;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Carries datagrams from host to host, and does to them what {@link DatagramFaults} says. It draws
 * from a stream of its own, so that datagrams change nothing of what befalls the connections.
 *
 * <p>What was sent, and what was duplicated, is delivered, lost, or still on its way.
 */
final class DatagramWays {

    private final SimulatedNetwork network;
    private final SplittableRandom random;
    long sent;
    long delivered;
    long lost;
    long duplicated;
    long corrupted;

    DatagramWays(SimulatedNetwork network, SplittableRandom random) {
        this.network = network;
        this.random = random;
    }

    boolean isSendRefused(SimulatedLink link) {
        return chance(link.datagramFaults().refusedSends());
    }

    void send(
            SimulatedHost from, InetSocketAddress sender, SimulatedHost to, InetSocketAddress receiver, byte[] bytes) {
        sent++;
        DatagramFaults faults = network.link(from, to).datagramFaults();
        int headers = receiver.getAddress() instanceof Inet4Address ? 28 : 48;
        if (faults.mtu() > 0 && bytes.length + headers > faults.mtu()) {
            lose(sender, receiver, "is too large");
        } else if (chance(faults.loss())) {
            lose(sender, receiver, "is lost");
        } else {
            carry(from, sender, to, receiver, bytes);
            if (chance(faults.duplication())) {
                duplicated++;
                carry(from, sender, to, receiver, bytes);
            }
        }
    }

    void sendToNobody(InetSocketAddress sender, InetSocketAddress receiver) {
        sent++;
        lose(sender, receiver, "finds no host");
    }

    /** Nobody can be told of it, so it only counts. */
    private void lose(InetSocketAddress sender, InetSocketAddress receiver, String why) {
        lost++;
        trace(sender, receiver, why);
    }

    private void carry(
            SimulatedHost from, InetSocketAddress sender, SimulatedHost to, InetSocketAddress receiver, byte[] bytes) {
        SimulatedLink link = network.link(from, to);
        DatagramFaults faults = link.datagramFaults();
        byte[] arriving = chance(faults.corruption()) ? corrupt(bytes) : bytes;
        long due = network.nanoTime()
                + link.latency()
                + delay(faults.delays().jitter())
                + (chance(faults.delays().reordering()) ? delay(faults.delays().reorderingDelay()) : 0);
        network.transit()
                .sendOrLose(
                        due,
                        from,
                        to,
                        () -> {
                            SimulatedDatagramSocket socket = to.datagramSocketAt(receiver, sender);
                            if (socket == null || !socket.arrive(sender, arriving)) {
                                lose(sender, receiver, socket == null ? "finds nobody" : "finds the buffer full");
                            } else {
                                delivered++;
                                trace(sender, receiver, "arrives");
                            }
                        },
                        () -> lose(sender, receiver, "is cut off"));
    }

    private byte[] corrupt(byte[] bytes) {
        corrupted++;
        byte[] flipped = bytes.clone();
        // Distinct bits, or a second flip would undo the first: each lies in its own one of the
        // equal parts.
        int flips = Math.min(1 + random.nextInt(8), bytes.length * 8);
        int part = bytes.length * 8 / Math.max(1, flips);
        for (int i = 0; i < flips; i++) {
            int bit = i * part + random.nextInt(part);
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return flipped;
    }

    private long delay(Duration most) {
        return most.isZero() ? 0 : random.nextLong(most.toNanos() + 1);
    }

    private boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private void trace(InetSocketAddress sender, InetSocketAddress receiver, String what) {
        if (network.isTraced()) {
            network.trace("datagram from " + SimulatedDatagramSocket.text(sender) + " to "
                    + SimulatedDatagramSocket.text(receiver) + " " + what);
        }
    }
}
