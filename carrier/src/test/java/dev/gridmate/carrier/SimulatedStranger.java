package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.SystemMessage;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;

/**
 * Says to one program whatever comes to its mind, in the names of others, without knowing their
 * numbers. It guesses them, and always wrong: how often it is right by chance is counted
 * elsewhere.
 *
 * <p>It does not answer in the name of one that the program is just connecting to. That needs no
 * number, and plain datagrams have nothing against it.
 */
final class SimulatedStranger {

    private static final int INVENTED = 20;
    private static final int MOST_AT_ONCE = 12;
    private static final int LARGEST = 60;
    private static final int NONE = 65_535;

    private final SpoofedSocket victim;
    private final SplittableRandom random;

    SimulatedStranger(SpoofedSocket victim, SplittableRandom random) {
        this.victim = victim;
        this.random = random;
    }

    /**
     * Sends a few datagrams.
     *
     * @param inNameOf somebody that the program knows
     * @param mayAskAndEnd false if the program is connecting to that one
     */
    void act(CarrierNode inNameOf, boolean mayAskAndEnd) {
        if (!victim.isRead()) {
            return; // what it says now could be right by what the program will say to the rest
        }
        boolean isInvented = random.nextInt(4) == 0;
        InetSocketAddress name = isInvented
                ? new InetSocketAddress("203.0.113." + (1 + random.nextInt(INVENTED)), 1 + random.nextInt(INVENTED))
                : new InetSocketAddress(inNameOf.ip, inNameOf.port);
        RawPeer peer = victim.inNameOf(name);
        boolean asks = (isInvented || mayAskAndEnd) && random.nextInt(4) == 0;
        for (int i = 1 + random.nextInt(MOST_AT_ONCE); i > 0; i--) {
            peer.sequence = victim.wrongNumber(name, random);
            int acknowledged = victim.wrongAcknowledgement(name, random);
            if (peer.sequence >= 0 && acknowledged >= 0 && asks) {
                ask(peer, isInvented);
            } else if (peer.sequence >= 0 && acknowledged >= 0) {
                say(peer, acknowledged, isInvented || mayAskAndEnd);
            }
        }
    }

    private void say(RawPeer peer, int acknowledged, boolean mayEnd) {
        switch (random.nextInt(mayEnd ? 8 : 7)) {
            case 0 -> peer.send(anything());
            case 1 ->
                peer.sendRaw(random.ints(1 + random.nextInt(LARGEST), 0, 256).toArray());
            case 2 -> peer.keepAlive();
            case 3 -> peer.acknowledge(acknowledged);
            case 4 -> peer.acknowledge(acknowledged, (acknowledged + random.nextInt(600)) % NONE);
            case 5 -> say(peer, 1);
            case 6 -> say(peer, 1 + random.nextInt(10_000));
            default -> end(peer, acknowledged);
        }
    }

    private byte[] anything() {
        byte[] bytes = new byte[1 + random.nextInt(2)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void say(RawPeer peer, int chunks) {
        peer.begin();
        int seq = random.nextInt(NONE);
        peer.put(chunks > 1 || random.nextBoolean(), random.nextInt(3), chunks, seq, seq, new byte[LARGEST]);
        peer.send();
    }

    private void end(RawPeer peer, int acknowledged) {
        peer.begin();
        if (random.nextBoolean()) {
            peer.putSystem(false, 0, acknowledged >>> 8, acknowledged, SystemMessage.ACKS);
        }
        peer.putDisconnect(random.nextInt(10));
        peer.send();
    }

    private void ask(RawPeer peer, boolean isInvented) {
        peer.begin();
        int version = isInvented && random.nextInt(4) == 0 ? 2 : 1; // a program that connects would be refused
        peer.putSystem(true, 0, 0, 0, version, SystemMessage.CONNECT_REQUEST);
        peer.send();
    }
}
