package dev.gridmate.driver.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.internal.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteRingTest {

    private final BufferPool pool = new BufferPool(Long.MAX_VALUE);

    @Test
    void whatGoesInComesOutInOrderAcrossEveryWrapAndGrowth() throws IOException {
        for (long seed = 1; seed <= 200; seed++) {
            run(seed);
        }
    }

    // A model of the ring is a queue of bytes. Whatever is drawn, ring and model agree.
    private void run(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        int capacity = 1 << random.nextInt(4, 15);
        ByteRing ring = new ByteRing(pool, capacity);
        Queue<Byte> model = new ArrayDeque<>();
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        byte next = 0;
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    int length = random.nextInt(1, capacity);
                    if (ring.free() >= Frame.HEADER_SIZE + length) {
                        byte[] payload = new byte[length];
                        model.add((byte) (length >>> 8));
                        model.add((byte) length);
                        for (int i = 0; i < length; i++) {
                            payload[i] = next++;
                            model.add(payload[i]);
                        }
                        ring.putFrame(ByteBuffer.wrap(payload));
                    }
                }
                case 1 -> {
                    byte[] arriving = new byte[random.nextInt(capacity * 2) + 1];
                    for (int i = 0; i < arriving.length; i++) {
                        arriving[i] = next++;
                    }
                    endpoint.arrive(arriving);
                    int read = ring.readFrom(endpoint, random.nextInt(ring.free() + ring.size() + 1));
                    for (int i = 0; i < Math.max(read, 0); i++) {
                        model.add(arriving[i]);
                    }
                    endpoint.forgetArrivals();
                }
                case 2 -> {
                    if (!ring.isEmpty()) {
                        endpoint.takeAtMost(random.nextInt(capacity) + 1);
                        ring.writeTo(endpoint);
                        for (byte written : endpoint.written()) {
                            assertThat(written).as("seed %d", seed).isEqualTo(model.remove());
                        }
                    }
                }
                default -> {
                    int dropped = random.nextInt(ring.size() + 1);
                    ring.discard(dropped);
                    for (int i = 0; i < dropped; i++) {
                        model.remove();
                    }
                }
            }
            assertThat(ring.size()).as("seed %d step %d", seed, step).isEqualTo(model.size());
            assertThat(ring.size() + ring.free()).isEqualTo(capacity);
        }
        byte[] rest = new byte[ring.size()];
        if (rest.length > 0) {
            ring.copyTo(ByteBuffer.wrap(rest), 0, 0, rest.length);
        }
        for (byte each : rest) {
            assertThat(each).as("seed %d", seed).isEqualTo(model.remove());
        }
    }

    @Test
    void aRingThatRunsDryGivesItsMemoryToTheNextOne() {
        ByteRing ring = new ByteRing(pool, 1 << 16);
        ByteRing other = new ByteRing(pool, 1 << 16);
        ring.putFrame(ByteBuffer.wrap(new byte[] {1}));
        long taken = pool.taken();
        ring.clear();
        assertThat(pool.taken()).isZero();
        other.putFrame(ByteBuffer.wrap(new byte[] {42}));
        assertThat(pool.taken()).isEqualTo(taken);
    }

    @Test
    void aFullRingSaysSoWithoutAskingTheEndpoint() throws IOException {
        ByteRing ring = new ByteRing(pool, 16);
        ring.putFrame(ByteBuffer.allocate(14));
        assertThat(ring.readFrom(new ScriptedEndpoint(), 0)).isEqualTo(ByteRing.FULL);
    }

    @Test
    void aSizeLearntFromABurstIsNoReasonToRefuseWhatFitsASmallBuffer() {
        int[] left = {(1 << 17) + (1 << 16)}; // one large buffer, and a slab of small ones
        BufferPool scarce = new BufferPool(Long.MAX_VALUE, size -> {
            if (size > left[0]) {
                throw new OutOfMemoryError("the test has " + left[0] + " left");
            }
            left[0] -= size;
            return ByteBuffer.allocateDirect(size);
        });
        ByteRing once = new ByteRing(scarce, 1 << 17);
        assertThat(once.putFrame(ByteBuffer.allocate(65_535))).isTrue();
        once.clear();
        ByteRing other = new ByteRing(scarce, 1 << 17);
        assertThat(other.putFrame(ByteBuffer.allocate(65_535))).isTrue();

        assertThat(once.putFrame(ByteBuffer.allocate(10))).isTrue();
        assertThat(once.putFrame(ByteBuffer.allocate(10_000))).isFalse();
        assertThat(once.size()).as("a refused frame leaves nothing").isEqualTo(12);
    }

    // Sizes grow fourfold from 2,048 and are cut from slabs, so each new size is one more piece of
    // memory asked for.
    @Test
    void aRingLearnsFromABurstAndForgetsItByHalvesAgainAndAgain() {
        List<Integer> asked = new ArrayList<>();
        BufferPool counted = new BufferPool(Long.MAX_VALUE, size -> {
            asked.add(size);
            return ByteBuffer.allocateDirect(size);
        });
        ByteRing ring = new ByteRing(counted, 1 << 17);
        for (int i = 0; i < 20; i++) {
            ring.putFrame(ByteBuffer.allocate(1000));
        }
        ring.clear();
        assertThat(asked).as("2,048, 8,192, 32,768").hasSize(3);
        for (int i = 0; i < 10; i++) {
            ring.putFrame(ByteBuffer.allocate(100));
            ring.clear();
        }
        assertThat(asked).as("and 16,384 and 4,096 on the way down").hasSize(5);
        for (int i = 0; i < 20; i++) {
            ring.putFrame(ByteBuffer.allocate(1000));
        }
        ring.clear();
        assertThat(asked).as("there is one of each size").hasSize(5);
    }

    @Test
    void whatABurstNeededIsWhereTheNextOneBegins() {
        boolean[] scarce = {false};
        BufferPool pool = new BufferPool(Long.MAX_VALUE, size -> {
            if (scarce[0]) {
                throw new OutOfMemoryError("the test has none left");
            }
            return ByteBuffer.allocateDirect(size);
        });
        ByteRing ring = new ByteRing(pool, 1 << 17);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
                assertThat(ring.putFrame(ByteBuffer.allocate(1000))).isTrue();
            }
            ring.clear();
            scarce[0] = true;
            for (int smaller : new int[] {2048, 8192}) { // somebody else has them
                while (pool.take(smaller) != null) {}
            }
        }
    }

    @Test
    void memoryIsAskedForAgainSomeTimeAfterThereWasNoneAndNotBefore() {
        int[] asked = {0};
        BufferPool none = new BufferPool(Long.MAX_VALUE, size -> {
            asked[0]++;
            throw new OutOfMemoryError("the test has none");
        });
        long second = 1_000_000_000L;
        long now = 5 * second;
        for (int round = 1; round <= 3; round++) {
            none.at(now);
            assertThat(none.take(4096)).isNull();
            assertThat(asked[0]).isEqualTo(round);
            none.at(now + 10 * second - 1);
            assertThat(none.take(4096)).isNull();
            assertThat(asked[0]).as("asking takes the JDK long").isEqualTo(round);
            now += 10 * second;
        }
        none.at(now - 1);
        assertThat(none.take(8192)).as("another size is another question").isNull();
        assertThat(asked[0]).isEqualTo(4);
    }

    @Test
    void aRingThatIsReadFromAndGetsNothingHoldsNothing() throws IOException {
        List<Integer> asked = new ArrayList<>();
        BufferPool counted = new BufferPool(Long.MAX_VALUE, size -> {
            asked.add(size);
            return ByteBuffer.allocateDirect(size);
        });
        for (int i = 0; i < 200; i++) {
            ByteRing ring = new ByteRing(counted, 1 << 16);
            assertThat(ring.readFrom(new ScriptedEndpoint(), 0)).isZero();
            assertThat(ring.lastReadWasShort()).isTrue();
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void aReadOrWriteIsShortIfItLeftSomethingOfWhatItWasGiven() throws IOException {
        ByteRing ring = new ByteRing(pool, 1 << 16);
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        endpoint.arrive(new byte[2048]);
        assertThat(ring.readFrom(endpoint, 0)).isEqualTo(2048);
        assertThat(ring.lastReadWasShort()).isFalse();
        endpoint.arrive(new byte[6143]);
        assertThat(ring.readFrom(endpoint, 0)).isEqualTo(6143);
        assertThat(ring.lastReadWasShort()).isTrue();
        endpoint.takeAtMost(8190);
        assertThat(ring.writeTo(endpoint)).isEqualTo(8190);
        assertThat(ring.lastWriteWasShort()).isTrue();
        assertThat(ring.writeTo(endpoint)).isEqualTo(1);
        assertThat(ring.lastWriteWasShort()).isFalse();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void aPieceIsCopiedWholeWhereverTheMemoryEnds() {
        ByteRing ring = new ByteRing(pool, 16);
        for (int round = 1; round <= 2; round++) {
            assertThat(ring.putFrame(ByteBuffer.allocate(6))).isTrue();
            assertThat(ring.putFrame(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6})))
                    .isTrue();
            ring.discard(8);
            assertThat(ring.putFrame(ByteBuffer.wrap(new byte[] {7, 8}))).isTrue();
            ByteBuffer copy = ByteBuffer.allocate(7);
            ring.copyTo(copy, 0, 2, 6); // it ends where the memory ends
            assertThat(copy.array()).containsExactly(1, 2, 3, 4, 5, 6, 0);
            ring.copyTo(copy, 1, 6, 6); // and this one behind it
            assertThat(copy.array()).containsExactly(1, 5, 6, 0, 2, 7, 8);
            ring.clear();
        }
    }

    @Test
    void whatJustFillsABufferNeedsNoLargerOneWhenMemoryIsScarce() {
        boolean[] scarce = {false};
        BufferPool few = new BufferPool(Long.MAX_VALUE, size -> {
            if (scarce[0]) {
                throw new OutOfMemoryError("the test has none left");
            }
            return ByteBuffer.allocateDirect(size);
        });
        few.giveBack(few.take(4096)); // a slab of this size, and of no other
        scarce[0] = true;
        ByteRing ring = new ByteRing(few, 1 << 16);
        for (int round = 1; round <= 2; round++) {
            assertThat(ring.putFrame(ByteBuffer.allocate(4096 - Frame.HEADER_SIZE)))
                    .isTrue();
            ring.clear();
        }
    }

    @Test
    void aRingAtItsMaximumAsksForNoMoreMemoryWhateverItsNextPacketNeeds() throws IOException {
        List<Integer> asked = new ArrayList<>();
        BufferPool counted = new BufferPool(Long.MAX_VALUE, size -> {
            asked.add(size);
            return ByteBuffer.allocateDirect(size);
        });
        ByteRing ring = new ByteRing(counted, 1 << 17);
        assertThat(ring.putFrame(ByteBuffer.allocate(65_535))).isTrue();
        ScriptedEndpoint endpoint = new ScriptedEndpoint();
        for (int i = 1; i <= 2; i++) {
            endpoint.arrive(new byte[10]);
            assertThat(ring.readFrom(endpoint, 1 << 18)).isEqualTo(10);
            assertThat(asked).containsExactly(1 << 17);
        }
    }
}
