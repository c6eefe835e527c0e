package dev.gridmate.carrier;

import dev.gridmate.driver.SocketDriverAddress;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;

/**
 * One end of a connection of a simulated program: what was sent and received by it, and what must
 * be so.
 */
final class CarrierLine {

    private static final int LANES = Posting.CHANNELS * DataPriority.values().length;
    private static final int NORMAL = 2;

    /** What the program knows of it. */
    enum Stage {
        BEGUN,
        ESTABLISHED,
        OVER
    }

    final int number;
    final CarrierNode node;
    final ConnectionId id;
    final SocketDriverAddress address;

    /** Whether a callback goes with every message. */
    private final boolean hearsAll;

    Stage stage = Stage.BEGUN;

    /** Whether this side's program asked for the end. */
    boolean endIsAsked;

    /**
     * By when it must be over then, in the carrier's own time: long gaps between its updates count
     * for a second.
     */
    long overBy = Long.MAX_VALUE;

    /** Whether a message has left in calm weather on each channel. */
    boolean hasGreeted;

    /** The peer's end, known from the first message that came in. */
    CarrierLine other;

    /** Callbacks that were not called yet. */
    int openCallbacks;

    long overAt;
    long sentBytes;
    long receivedBytes;
    private final int[] sentReliable = new int[LANES];
    private final int[] sentLength = new int[LANES];
    private final int[] sentUnreliable = new int[LANES];
    private final int[] acknowledged = new int[LANES];
    private final int[] receivedReliable = new int[LANES];
    private final int[] receivedLength = new int[LANES];
    private final int[] nextUnreliable = new int[LANES];
    private final int[] receivedUnreliable = new int[LANES];

    CarrierLine(CarrierNode node, int number, ConnectionId id) {
        this.node = node;
        this.number = number;
        this.id = id;
        hearsAll = number % 2 == 0;
        this.address = Objects.requireNonNull(node.carrier.connectionToAddress(id), "a connection without address");
    }

    private static int lane(int channel, int priority) {
        return channel * DataPriority.values().length + priority;
    }

    // ------------------------------------------------------------ sending

    /** Sends a message; returns false if the carrier did not take it. */
    @SuppressWarnings("EnumOrdinal") // the order of the constants only tells the lanes apart
    boolean send(int channel, DataPriority wanted, boolean wantedReliable, int length, boolean withCallback) {
        boolean isTiny = length < Letter.HEADER;
        DataPriority priority = isTiny ? DataPriority.NORMAL : wanted;
        boolean asked = isTiny || wantedReliable;
        boolean reliable = asked || length > node.carrier.messageMtu();
        int lane = lane(channel, priority.ordinal());
        int place = reliable ? sentReliable[lane] : sentUnreliable[lane];
        Letter letter = new Letter(
                number, channel, priority.ordinal(), reliable, place, sentReliable[lane], sentLength[lane], length);
        boolean hears = withCallback || hearsAll;
        DataReliability reliability = asked ? DataReliability.SEND_RELIABLE : DataReliability.SEND_UNRELIABLE;
        SendResult result = hears
                ? node.carrier.sendWithCallback(letter.write(), new Outcome(letter), id, reliability, priority, channel)
                : node.carrier.send(letter.write(), id, reliability, priority, channel);
        if (result.isTaken()) {
            node.sent++;
            onTaken(lane, reliable, length, hears);
        } else {
            check(result == SendResult.QUEUE_FULL || isEnding(), "send says " + result);
        }
        return result.isTaken();
    }

    private void onTaken(int lane, boolean reliable, int length, boolean hears) {
        if (reliable) {
            sentReliable[lane]++;
            sentLength[lane] += length;
            sentBytes += length;
        } else {
            sentUnreliable[lane]++;
        }
        openCallbacks += hears ? 1 : 0;
        CarrierLine receiver = other;
        if (receiver != null && receiver.stage == Stage.ESTABLISHED) {
            long underWay = sentBytes - receiver.receivedBytes;
            long most = Math.max(node.sendQueueSize, length) + 2L * receiver.node.receiveQueueSize;
            check(underWay <= most, underWay + " bytes are under way, the queues are for " + most);
        }
    }

    /**
     * Whether the program cannot expect to send: the end may have come without having been told
     * yet.
     */
    private boolean isEnding() {
        return node.carrier.connectionState(id) != ConnectionState.CONNECTED;
    }

    private final class Outcome implements AckCallback {
        private final Letter letter;
        private boolean isOver;

        Outcome(Letter letter) {
            this.letter = letter;
        }

        @Override
        public void onAck() {
            over();
            if (letter.reliable()) {
                acknowledged[lane(letter.channel(), letter.priority())]++;
            }
        }

        @Override
        public void onLost() {
            over();
            check(
                    !letter.reliable() || stage == Stage.OVER,
                    "a reliable message is lost, and the connection is not over");
        }

        private void over() {
            check(!isOver, "a callback is called twice");
            isOver = true;
            openCallbacks--;
        }
    }

    // ------------------------------------------------------------ receiving

    void onMessage(int channel, DataReliability reliability, ByteBuffer message) {
        node.received++;
        check(stage != Stage.OVER || node.isHearingTheEnd(this), "a message of a connection that is over");
        check(stage != Stage.BEGUN, "a message of a connection that does not stand");
        boolean reliable = reliability == DataReliability.SEND_RELIABLE;
        int length = message.remaining();
        if (length < Letter.HEADER) {
            int lane = lane(channel, NORMAL);
            check(reliable, "a short message is unreliable");
            check(Letter.isIntact(message, receivedReliable[lane]), "a short message is not as it was sent");
            onReliable(lane, length);
            return;
        }
        Letter letter = Letter.read(message);
        String what = letter.toString();
        link(letter);
        check(letter.channel() == channel, "it came on channel " + channel, what);
        check(letter.reliable() == reliable, "it came as " + reliability, what);
        check(letter.length() == length, "it has " + length + " bytes", what);
        check(Letter.isIntact(message, letter.number()), "it is not as it was sent", what);
        int lane = lane(channel, letter.priority());
        check(
                letter.follows() == receivedReliable[lane],
                "it came behind " + receivedReliable[lane] + " reliable ones",
                what);
        check(
                letter.bytesBefore() == receivedLength[lane],
                "it came behind " + receivedLength[lane] + " bytes of reliable ones",
                what);
        if (reliable) {
            onReliable(lane, length);
        } else {
            check(letter.number() >= nextUnreliable[lane], "it came twice, or too late", what);
            nextUnreliable[lane] = letter.number() + 1;
            receivedUnreliable[lane]++;
        }
    }

    private void onReliable(int lane, int length) {
        receivedReliable[lane]++;
        receivedLength[lane] += length;
        receivedBytes += length;
    }

    /**
     * Whether another end may follow the one that is over. If this line has heard nothing of that
     * one since it was connected, one that connects from the same address looks no different, and
     * gets all from the beginning: so the counts tell whether it was right.
     */
    private boolean mayHaveSuccessor() {
        return other == null || other.stage == Stage.OVER;
    }

    /** A connection is one connection on the other side too. */
    private void link(Letter letter) {
        CarrierLine sender = node.world.line(letter.line());
        check(sender != null, "it comes from nowhere", letter.toString());
        if (other != sender && mayHaveSuccessor()) {
            check(
                    sender.other == this || sender.mayHaveSuccessor(),
                    "its sender is at " + sender.other,
                    letter.toString());
            check(sender.node.isAt(address), "its sender is " + sender, letter.toString());
            other = sender;
            sender.other = this;
        }
        check(sender == other, "its sender is " + sender + ", the one before was " + other, letter.toString());
    }

    // ------------------------------------------------------------ the end

    /**
     * What must be so when the end was told, and everything was received that there was. A message
     * can be acknowledged while one before it is missing, and then the program never gets it; so
     * this is about those who miss nothing.
     */
    void checkReceivedAll() {
        for (int channel = 0; other != null && channel < Posting.CHANNELS; channel++) {
            boolean isComplete = true;
            boolean isReceived = true;
            for (int lane = lane(channel, 0); lane < lane(channel + 1, 0); lane++) {
                isComplete &= other.acknowledged[lane] == other.sentReliable[lane];
                isReceived &= other.sentReliable[lane] == receivedReliable[lane];
            }
            check(isReceived || !isComplete, "all is acknowledged on channel " + channel + ", and not received");
        }
    }

    /** What keeps this end from being at rest; null if nothing does. */
    String unrest() {
        if (stage == Stage.OVER) {
            return null;
        }
        CarrierLine peer = other;
        if (stage == Stage.BEGUN || endIsAsked) {
            return this + " should be over, or stand";
        }
        if (peer == null || peer.stage != Stage.ESTABLISHED) {
            return this + " stands, and its other end does not: " + peer;
        }
        for (int lane = 0; lane < LANES; lane++) {
            if (peer.receivedReliable[lane] < sentReliable[lane]) {
                return this + ": " + peer.receivedReliable[lane] + " of " + sentReliable[lane]
                        + " reliable messages have arrived in lane " + lane + ", "
                        + node.carrier.queryFlowInformation(id);
            }
            if (node.world.isClean && peer.receivedUnreliable[lane] < sentUnreliable[lane]) {
                return this + ": unreliable messages are lost on a good network in lane " + lane;
            }
        }
        return openCallbacks > 0 ? this + ": " + openCallbacks + " callbacks were not called" : null;
    }

    /**
     * Whether nothing can come of this line any more: its program is gone, and nobody else speaks
     * of it.
     */
    boolean isDone(long lately) {
        boolean isAlone = other == null || other.stage == Stage.OVER;
        return stage == Stage.OVER && overAt < lately && node.isClosed && openCallbacks == 0 && isAlone;
    }

    void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(this + ": " + what);
        }
    }

    private void check(boolean condition, String what, String letter) {
        check(condition, what + ": " + letter);
    }

    @Override
    public String toString() {
        return "line " + number + " of " + node + " (" + stage.toString().toLowerCase(Locale.ROOT) + ")";
    }
}
