package dev.gridmate.carrier;

import dev.gridmate.carrier.wire.SequenceNumber;
import dev.gridmate.driver.SocketDriverAddress;
import org.jspecify.annotations.Nullable;

/**
 * A peer that asks to connect, and has not proved that it is at its address: anybody can send a
 * datagram in its name. So this is all that is kept of it, less than 512 bytes with its places in
 * tables, and it gets at most three times the bytes that it sent.
 *
 * <pre>
 *   ASKING ──▶ ANSWERED ──▶ a connection: the peer has named the number of an answer
 *      │           │
 *      └───────────┴──▶ OVER: the program was told; for half a second it hears no again
 * </pre>
 *
 * <p>The number of the first answer is drawn at random. Only a peer that got the answer can know it
 * and acknowledge it.
 */
final class Newcomer extends AddressTable.Entry<Newcomer> {

    /** The most bytes that leave for each byte that came (RFC 9000, section 8.1). */
    private static final int AMPLIFICATION = 3;

    /** A longer answer is not kept: the handshake is asked again. */
    private static final int KEPT_ANSWER = 64;

    /** Nanoseconds, longer than most round trips. */
    private static final long ANSWER_INTERVAL = 50 * CarrierTime.MILLISECOND;

    private static final long REPEAT_INTERVAL = 100 * CarrierTime.MILLISECOND;

    /** So many compressed datagrams are restored before the proof: it may come in one. */
    private static final int COMPRESSED = 4;

    /** How far the number of its last word may be behind or ahead of that of its last request. */
    private static final int WINDOW = 256;

    /** What has become of its request. */
    enum State {
        ASKING,
        ANSWERED,
        OVER
    }

    final ConnectionId id;

    private State state = State.ASKING;
    private int credit;
    private int firstAnswer;
    private int nextAnswer;
    private int answers;
    private byte @Nullable [] answer;
    private long answeredAt;
    private int answerSize;
    private int lastRequest;
    private int inflated;
    private long deadline;
    private @Nullable Refusal refusal;

    /**
     * Why it may not come in.
     *
     * @param code what it is told
     * @param notice what is said with it; null for nothing
     */
    record Refusal(
            CarrierDisconnectReason.Code code, @Nullable DisconnectNotice notice) {}

    Newcomer(ConnectionId id, SocketDriverAddress address, int firstAnswer, long deadline) {
        super(address);
        this.id = id;
        this.firstAnswer = firstAnswer;
        nextAnswer = firstAnswer;
        this.deadline = deadline;
    }

    State state() {
        return state;
    }

    boolean isOver() {
        return state == State.OVER;
    }

    long deadline() {
        return deadline;
    }

    // ------------------------------------------------------------ what came

    /** Bytes came from its address, whatever they are. */
    void onBytes(int count) {
        credit = (int) Math.min(Integer.MAX_VALUE, credit + (long) AMPLIFICATION * count);
    }

    void onRequest(int datagram) {
        lastRequest = datagram;
    }

    int lastRequest() {
        return lastRequest;
    }

    /** {@return true if a datagram may be its last word, judged by its number} */
    boolean isNear(int datagram) {
        return Math.abs(SequenceNumber.distance(lastRequest, datagram)) < WINDOW;
    }

    /** {@return true if one more compressed datagram may be restored} */
    boolean mayInflate() {
        return state == State.ANSWERED && inflated++ < COMPRESSED;
    }

    /** {@return true if these numbers, from one to another, are all of answers that left} */
    boolean isProof(int oldest, int newest) {
        int before = SequenceNumber.distance(firstAnswer, oldest);
        int last = SequenceNumber.distance(oldest, newest);
        return state == State.ANSWERED && before >= 0 && last >= 0 && SequenceNumber.distance(newest, nextAnswer) >= 1;
    }

    // ------------------------------------------------------------ what it gets

    /** It may come in, as soon as it has acknowledged this. */
    void accept(byte[] data) {
        answer = data.length <= KEPT_ANSWER ? data : null;
        state = State.ANSWERED;
    }

    /** {@return the answer; null if it is too long to be kept} */
    byte @Nullable [] answer() {
        return answer;
    }

    /** It asks for something else: what was answered so far proves nothing any more. */
    void beginAnew() {
        state = State.ASKING;
        answer = null;
        firstAnswer = nextAnswer;
        answers = 0;
    }

    /** {@return true if so many bytes may leave for it} */
    boolean covers(int bytes) {
        return bytes <= credit;
    }

    /** {@return when the answer leaves again unasked: the acknowledgement may be lost} */
    long repeatAt() {
        return state == State.ANSWERED && answer != null && covers(answerSize)
                ? answeredAt + REPEAT_INTERVAL
                : Long.MAX_VALUE;
    }

    boolean isAnswerDue(long now) {
        return answers == 0 || now - answeredAt >= ANSWER_INTERVAL;
    }

    int nextAnswer() {
        return nextAnswer;
    }

    int firstAnswer() {
        return firstAnswer;
    }

    /** {@return how many answers have left} */
    int answers() {
        return answers;
    }

    void onAnswered(int bytes, long now) {
        credit -= bytes;
        answerSize = bytes;
        nextAnswer = SequenceNumber.next(nextAnswer);
        answers++;
        answeredAt = now;
    }

    int answerSize() {
        return answerSize;
    }

    long answeredAt() {
        return answeredAt;
    }

    /** It may not come in, or does not want to any more. */
    void end(Refusal why) {
        state = State.OVER;
        refusal = why;
        answer = null;
    }

    /** {@return what it is told; null if it is not over} */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    void onRefused(int bytes, long forgetAt) {
        credit -= bytes;
        nextAnswer = SequenceNumber.next(nextAnswer);
        deadline = forgetAt;
    }
}
