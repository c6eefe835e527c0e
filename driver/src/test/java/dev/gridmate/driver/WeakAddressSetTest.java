package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WeakAddressSetTest {

    private final WeakAddressSet set = new WeakAddressSet();

    private static InetSocketAddress address(int ip, int port) {
        byte[] bytes = {10, (byte) (ip >> 16), (byte) (ip >> 8), (byte) ip};
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 bytes are an address", e);
        }
    }

    private SocketDriverAddress added(InetSocketAddress address) {
        SocketDriverAddress made = new SocketDriverAddress(address, null);
        set.add(made);
        return made;
    }

    @Test
    void eachMemberIsFoundByAnEqualAddressAndNoOtherIs() {
        List<SocketDriverAddress> members = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            members.add(added(address(i, 1 + i % 7)));
        }
        for (int i = 0; i < 5000; i++) {
            assertThat(set.find(address(i, 1 + i % 7))).isSameAs(members.get(i));
            assertThat(set.find(address(i, 9))).isNull();
        }
        assertThat(set.size).isEqualTo(5000);
    }

    @Test
    void sendersThatShareTheJdksHashAreFoundAsFastAsOthers() {
        List<SocketDriverAddress> members = new ArrayList<>();
        for (int i = 1; i <= 60_000; i++) { // the sum of address and port is the same for all
            members.add(added(address(100_000 - i, i)));
        }
        long hash = members.get(0).toInetSocketAddress().hashCode();
        assertThat(members)
                .allSatisfy(each ->
                        assertThat(each.toInetSocketAddress().hashCode()).isEqualTo(hash));
        // In one chain this would be two thousand million comparisons, and take longer than the
        // test may.
        for (int round = 0; round < 20; round++) {
            for (int i = 1; i <= 60_000; i++) {
                assertThat(members.get(i - 1).equals(set.find(address(100_000 - i, i))))
                        .isTrue();
            }
        }
    }

    @Test
    void whatNobodyHoldsGoesAndWhatSomebodyHoldsStays() {
        List<SocketDriverAddress> held = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            SocketDriverAddress made = added(address(i, 1));
            if (i % 10 == 0) {
                held.add(made);
            }
        }
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        int extra = 0;
        while (set.size > 100 + 500 && System.nanoTime() < end) { // only a hint, so it is given again
            System.gc();
            held.add(added(address(extra++, 2)));
        }
        assertThat(set.size).isLessThanOrEqualTo(600);
        for (int i = 0; i < 100; i++) {
            assertThat(set.find(address(i * 10, 1))).isSameAs(held.get(i));
        }
    }
}
