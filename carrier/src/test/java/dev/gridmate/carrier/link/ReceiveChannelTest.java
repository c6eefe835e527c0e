package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.carrier.wire.SequenceNumber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of one channel's messages on the way in, and the memory that they hold. */
class ReceiveChannelTest {

    private static final long MAX_LENGTH = 100;

    private final ReceiveChannel channel = new ReceiveChannel(new MessagePool(1 << 20), Shares.any());

    private static MessageHeader header(boolean isReliable, int chunks, int seq, int reliableSeq) {
        MessageHeader header = new MessageHeader();
        header.isReliable = isReliable;
        header.chunks = chunks;
        header.seq = seq;
        header.reliableSeq = reliableSeq;
        return header;
    }

    /** Hands a message in; returns false if it is not new. */
    private boolean arrives(MessageHeader header, String text) {
        boolean isNew = channel.isNew(header);
        if (isNew) {
            header.length = text.length();
            channel.accept(header, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
        }
        return isNew;
    }

    private boolean reliable(int chunks, int number, String text) {
        return arrives(header(true, chunks, number, number), text);
    }

    private List<String> received() {
        List<String> texts = new ArrayList<>();
        while (channel.whole().count() > 0) {
            ByteBuffer lent = channel.whole().lend();
            texts.add(StandardCharsets.US_ASCII.decode(lent).toString());
            channel.whole().giveBack();
        }
        return texts;
    }

    @Test
    void aReliableMessageWaitsForTheOneBeforeIt() {
        assertThat(reliable(1, 1, "b")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).isEmpty();
        assertThat(channel.bytes()).isPositive();
        assertThat(reliable(1, 0, "a")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).containsExactly("a", "b");
        assertThat(channel.bytes()).isZero();
    }

    @Test
    void anUnreliableMessageThatIsMissingIsNotWaitedForAndComesTooLate() {
        assertThat(reliable(1, 0, "a")).isTrue();
        assertThat(arrives(header(false, 1, 2, 0), "c")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).containsExactly("a", "c");
        assertThat(arrives(header(false, 1, 1, 0), "b")).isFalse();
        assertThat(arrives(header(true, 1, 3, 0), "a again under a new number")).isFalse();
    }

    @Test
    void anUnreliableMessageWaitsForTheReliableOneThatItFollows() {
        assertThat(arrives(header(false, 1, 1, 0), "b")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).isEmpty();
        assertThat(reliable(1, 0, "a")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).containsExactly("a", "b");
    }

    @Test
    void aSecondCopyTakesNoRoom() {
        assertThat(reliable(1, 5, "f")).isTrue();
        long bytes = channel.bytes();
        assertThat(reliable(1, 5, "f")).isFalse();
        assertThat(channel.bytes()).isEqualTo(bytes);
    }

    @Test
    void aGapOfThousandsIsFilledFromItsFarEnd() {
        List<String> expected = new ArrayList<>();
        for (int number = 5_000; number >= 0; number--) {
            assertThat(reliable(1, number, "m" + number)).isTrue();
            expected.add(0, "m" + number);
        }
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).isEqualTo(expected);
        assertThat(channel.bytes()).isZero();
        assertThat(reliable(1, 5_001, "next")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).containsExactly("next");
    }

    @Test
    void chunksBecomeOneMessageWhenTheLastIsThere() {
        assertThat(reliable(3, 0, "one ")).isTrue();
        assertThat(reliable(1, 2, "three")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(received()).isEmpty();
        assertThat(reliable(2, 1, "two ")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(channel.whole().nextLength()).isEqualTo(13);
        assertThat(received()).containsExactly("one two three");
        assertThat(channel.bytes()).isZero();
    }

    @Test
    void chunksThatDoNotFitEachOtherAreDroppedWithTheirMemory() {
        assertThat(reliable(5, 0, "of five")).isTrue();
        assertThat(reliable(3, 1, "of another")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isFalse();
        assertThat(received()).isEmpty();
        assertThat(channel.bytes()).isZero();
    }

    @Test
    void aMessageThatGrowsBeyondTheMaximumIsDroppedWithItsMemory() {
        String text = "x".repeat(60);
        assertThat(reliable(3, 0, text)).isTrue();
        assertThat(reliable(2, 1, text)).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(reliable(1, 2, text)).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isFalse();
        assertThat(received()).isEmpty();
        assertThat(channel.bytes()).isZero();
    }

    @Test
    void theEndOfTheConnectionFreesWhatWaitsAtEachStage() {
        assertThat(reliable(1, 0, "whole")).isTrue();
        assertThat(reliable(3, 1, "a chunk")).isTrue();
        assertThat(reliable(1, 9, "too early")).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
        assertThat(channel.whole().count()).isEqualTo(1);
        channel.clear();
        assertThat(channel.whole().count()).isZero();
        assertThat(channel.bytes()).isZero();
    }

    @Test
    void aMessageMayReachTheLimitAndOneChunkMoreAndNotTwo() {
        String half = "x".repeat((int) MAX_LENGTH / 2);
        for (int chunk = 0; chunk < 3; chunk++) {
            assertThat(reliable(9 - chunk, chunk, half)).isTrue();
            assertThat(channel.giveInOrder(MAX_LENGTH)).as("chunk %d", chunk).isTrue();
        }
        assertThat(reliable(6, 3, half)).isTrue();
        assertThat(channel.giveInOrder(MAX_LENGTH)).isFalse();
    }

    @Test
    void aMessageBehindAGapIsGivenWhereverInTheTableItIs() {
        for (int number = 0; number < 200; number += 5) {
            assertThat(arrives(header(false, 1, number, SequenceNumber.NONE), "a"))
                    .isTrue();
            assertThat(arrives(header(false, 1, number + 4, SequenceNumber.NONE), "b"))
                    .isTrue();
            assertThat(channel.giveInOrder(MAX_LENGTH)).isTrue();
            assertThat(received()).as("numbers %d and %d", number, number + 4).containsExactly("a", "b");
        }
    }
}
