package dev.gridmate.carrier;

import dev.gridmate.driver.sim.DatagramFaults;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Two connected carriers, of which one stands still for a while, or whose network is gone for a
 * while. Each side is watched in each of its updates: it must end in the update in which the
 * silence of the other side has reached the timeout, and in no other.
 */
final class PausedPair implements AutoCloseable {

    /** What pauses. */
    enum Pause {
        OUTAGE,
        SERVER_STANDS_STILL,
        CLIENT_STANDS_STILL,
        /** The server stands still, and its network is gone for the same time. */
        BOTH
    }

    /** Which of them say something. */
    enum Traffic {
        IDLE,
        CHATTY,
        TO_SERVER,
        TO_CLIENT;

        boolean isFrom(boolean server) {
            return this == CHATTY || this == (server ? TO_CLIENT : TO_SERVER);
        }
    }

    /** One story: what is paused, for how long, and how it is judged. */
    record Story(Pause pause, Traffic traffic, Side.Wire wire, int timeout, int roundTrip, int millis, double loss) {}

    /** After the program itself stood still, a peer has this long to be heard. */
    private static final long GRACE = 300 * CarrierTime.MILLISECOND;

    /** A gap between two updates that is not longer is none. */
    private static final long GAP = 1_000 * CarrierTime.MILLISECOND;

    private static final long TICK = 10 * CarrierTime.MILLISECOND;

    /** How long it must last after the pause: bad seconds are judged three at a time. */
    private static final int AFTERWARDS = 6_000;

    private final Story story;
    private final SimulatedNetwork network;
    private final SplittableRandom random;
    private final Watched server;
    private final Watched client;

    PausedPair(Story story, long seed) {
        this.story = story;
        random = new SplittableRandom(seed);
        network = new SimulatedNetwork(seed);
        network.latency(Duration.ofMillis(story.roundTrip / 2));
        UnaryOperator<CarrierDesc.Builder> both = builder -> builder.connectionTimeoutMS(story.timeout)
                .disconnectDetectionRttThreshold(Math.max(500, 2 * story.roundTrip));
        server = new Watched("server", true, new Side(network.host("10.0.0.1"), story.wire, both));
        client = new Watched("client", false, new Side(network.host("10.0.0.2"), story.wire, both));
    }

    /** One side, and what its program saw of the silence of the other one. */
    private final class Watched implements CarrierEvents {

        private final String name;
        private final boolean isServer;
        private final Side side;
        private final List<String> sent = new ArrayList<>();
        private long nextSend;
        private long heardAt;
        private long datagrams;
        private boolean standsStill;
        private long stoodUntil = Long.MIN_VALUE / 2;
        private CarrierDisconnectReason end;
        private boolean endsByItself;

        Watched(String name, boolean isServer, Side side) {
            this.name = name;
            this.isServer = isServer;
            this.side = side;
            side.gridMate.eventBus(CarrierEvents.class).connect(this);
            nextSend = random.nextInt(100) * CarrierTime.MILLISECOND;
        }

        @Override
        public void onDisconnect(Carrier which, ConnectionId id, CarrierDisconnectReason reason) {
            end = reason;
        }

        void update(boolean talks) {
            if (standsStill) {
                return;
            }
            long now = network.nanoTime();
            if (talks && end == null && story.traffic.isFrom(isServer) && now >= nextSend) {
                say(now);
            }
            boolean wasOver = end != null;
            side.update();
            long before = datagrams;
            datagrams = side.carrier.counter(CarrierCounter.DATAGRAMS_IN);
            heardAt = datagrams > before ? now : heardAt;
            if (!wasOver) {
                judge(now);
            }
        }

        private void say(long now) {
            String text = name + " " + sent.size();
            nextSend = now + 50 * CarrierTime.MILLISECOND;
            if (side.send(text, ConnectionId.ALL, DataReliability.SEND_RELIABLE, 1) == SendResult.OK) {
                sent.add(text);
            }
            check(
                    side.send("passing", ConnectionId.ALL, DataReliability.SEND_UNRELIABLE, 2) == SendResult.OK,
                    "it cannot send");
        }

        private void judge(long now) {
            long silence = now - heardAt;
            boolean isExcused = heardAt < stoodUntil && now < stoodUntil + GRACE;
            boolean isOverdue = silence >= story.timeout * CarrierTime.MILLISECOND && !isExcused;
            boolean isTold = end != null && silence == 0 && end.detail().startsWith("the peer ended it");
            endsByItself = end != null && !isTold;
            boolean isExpected = end == null || end.code() == CarrierDisconnectReason.Code.BAD_CONNECTION;
            if (endsByItself != isOverdue || !isExpected) {
                check(false, "the silence is " + silence / 1e9 + " s");
            }
        }

        void check(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(String.format(
                        Locale.ROOT,
                        "%s at %.3f s: the %s has %s; %s",
                        story,
                        network.nanoTime() / 1e9,
                        name,
                        end == null ? "not ended" : "ended: " + end,
                        what));
            }
        }
    }

    /** Connects, talks for a while, pauses, and goes on. */
    void run() {
        client.side.carrier.connect("10.0.0.1", Side.PORT);
        pass(story.roundTrip * 3 + 100 + random.nextInt(20), false);
        server.check(server.side.carrier.numConnections() == 1, "it is not connected");
        client.check(client.side.carrier.numConnections() == 1, "it is not connected");
        network.datagramFaults(DatagramFaults.NONE.withLoss(story.loss));
        pass(1_000 + random.nextInt(1_000), true);
        pause(true);
        pass(story.millis, true);
        pause(false);
        pass(AFTERWARDS, true);
        if (client.end == null && server.end == null) {
            rest();
        } else {
            server.check(server.endsByItself || client.endsByItself, "nobody was missed");
        }
    }

    private void pause(boolean begins) {
        if (story.pause == Pause.OUTAGE || story.pause == Pause.BOTH) {
            if (begins) {
                network.partition(network.host("10.0.0.1"), network.host("10.0.0.2"));
            } else {
                network.heal();
            }
        }
        if (story.pause == Pause.SERVER_STANDS_STILL || story.pause == Pause.BOTH) {
            standStill(server, begins);
        }
        if (story.pause == Pause.CLIENT_STANDS_STILL) {
            standStill(client, begins);
        }
    }

    private void standStill(Watched which, boolean begins) {
        which.standsStill = begins;
        if (!begins && story.millis * CarrierTime.MILLISECOND + TICK > GAP) {
            which.stoodUntil = network.nanoTime() + TICK;
        }
    }

    private void pass(long millis, boolean talks) {
        long end = network.nanoTime() + millis * CarrierTime.MILLISECOND;
        while (network.nanoTime() < end) {
            network.advance(Duration.ofNanos(Math.min(TICK, end - network.nanoTime())));
            server.update(talks);
            client.update(talks);
        }
    }

    /** What was said reliably must have arrived; and nobody ends now. */
    private void rest() {
        for (int i = 0; i < 100 && !isAllThere(); i++) {
            pass(100, false);
        }
        server.check(isAllThere(), "messages are missing");
        if (story.wire == Side.Wire.TCP) {
            server.check(resent(server) == 0 && resent(client) == 0, "something was sent twice");
        }
        server.check(server.end == null && client.end == null, "nobody was missed");
    }

    private boolean isAllThere() {
        return reliable(client).equals(server.sent) && reliable(server).equals(client.sent);
    }

    private static long resent(Watched sender) {
        return sender.side.carrier.counter(CarrierCounter.MESSAGES_RESENT);
    }

    private static List<String> reliable(Watched receiver) {
        List<String> texts = new ArrayList<>();
        receiver.side.received.forEach(each -> {
            if (each.channel() == 1) {
                texts.add(each.text());
            }
        });
        return texts;
    }

    @Override
    public void close() {
        client.side.close();
        server.side.close();
    }
}
