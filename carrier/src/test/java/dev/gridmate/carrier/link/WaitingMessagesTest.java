package dev.gridmate.carrier.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.carrier.wire.MessageHeader;
import dev.gridmate.testkit.Allocation;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WaitingMessagesTest {

    private static final int WINDOW = 16_384;

    private static Message message(int seq) {
        Message message = new Message(1);
        message.header.seq = seq;
        return message;
    }

    @Test
    void whatWaitsIsFoundByNumberAndLeavesLowestFirst() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            WaitingMessages waiting = new WaitingMessages();
            TreeMap<Integer, Message> expected = new TreeMap<>();
            int base = random.nextInt(65_536);
            int stride = 1 << random.nextInt(9); // numbers that share their low bits, too
            for (int step = 0; step < 2_000; step++) {
                int ahead = random.nextInt(WINDOW / stride) * stride;
                Message candidate = message((base + ahead) & 0xFFFF);
                boolean isThere = waiting.contains(candidate.header.seq);
                assertThat(isThere).isEqualTo(expected.containsKey(ahead));
                if (!isThere && random.nextInt(3) > 0) {
                    waiting.add(candidate);
                    expected.put(ahead, candidate);
                } else if (!expected.isEmpty() && random.nextInt(3) == 0) {
                    assertThat(waiting.lowest())
                            .isSameAs(expected.pollFirstEntry().getValue());
                    waiting.removeLowest();
                }
                assertThat(waiting.count()).isEqualTo(expected.size());
            }
            while (!expected.isEmpty()) {
                assertThat(waiting.lowest()).isSameAs(expected.pollFirstEntry().getValue());
                waiting.removeLowest();
            }
            assertThat(waiting.lowest()).isNull();
        }
    }

    @Test
    void numbersThatFollowEachOtherDoNotLieNextToEachOther() {
        int size = 8_192;
        int[] places = new int[2 * size];
        for (int seq = 0; seq < size / 4; seq++) { // two runs, of which the second one meets the first
            places[WaitingMessages.home(seq, size - 1)]++;
            places[WaitingMessages.home(seq + size, size - 1)]++;
        }
        int waiting = 0;
        int longest = 0;
        for (int place = 0; place < 2 * size; place++) { // how far a search goes: what has found no place yet
            waiting = Math.max(0, waiting + places[place] - 1);
            longest = Math.max(longest, waiting);
        }
        assertThat(longest).isLessThan(300);
    }

    @Test
    void aMessageFarAheadTakesNoMoreMemoryThanTheNextOne() {
        long near = bytesOfOne(1);
        assertThat(bytesOfOne(WINDOW - 1)).isBetween(near - 100, near + 100);
        assertThat(near).isLessThan(2_000);
    }

    private static long bytesOfOne(int seq) {
        MessageHeader header = new MessageHeader();
        header.length = 1;
        header.seq = seq;
        header.isReliable = true;
        header.reliableSeq = seq;
        ByteBuffer data = ByteBuffer.allocate(1);
        return Allocation.of(() -> {
                    ReceiveChannel channel = new ReceiveChannel(new MessagePool(0), Shares.any());
                    channel.accept(header, data, 0);
                })
                / Allocation.STEPS;
    }
}
