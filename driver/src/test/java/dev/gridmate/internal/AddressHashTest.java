package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.driver.SocketDriverAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressHashTest {

    private static InetAddress ip(int... bytes) throws UnknownHostException {
        byte[] raw = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            raw[i] = (byte) bytes[i];
        }
        return InetAddress.getByAddress(raw);
    }

    /** An IPv6 address whose four words have a sum that is always the same: the JDK's hash. */
    private static InetAddress v6(int number) throws UnknownHostException {
        int high = number >>> 8;
        int low = number & 0xFF;
        return ip(0x20, 1, 0, 0, 0, 0, high, low, 0, 0, 0, 0, 0, 0, 0xFF - high, 0xFF - low);
    }

    /** The values are those of Python's siphash13 with a key of zeros. */
    @Test
    void theFunctionIsSipHash13() {
        assertThat(AddressHash.hash(0, 0, 0, 0, 0)).isEqualTo(0xf9003207cf9e4d4cL);
        assertThat(AddressHash.hash(0, 0, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x1716151413121110L))
                .isEqualTo(0x31185a47af932f3aL);
    }

    @Test
    void addressesThatShareTheJdksHashDoNotShareThis() throws UnknownHostException {
        Set<Integer> jdk = new HashSet<>();
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            InetSocketAddress address = new InetSocketAddress(v6(i), 7_000);
            jdk.add(address.hashCode());
            hashes.add(SocketDriverAddress.of(address).hashCode());
        }
        assertThat(jdk).hasSize(1);
        assertThat(hashes).hasSizeGreaterThan(9_990);
    }

    @Test
    void equalAddressesHaveOneHashAndThePortCounts() throws UnknownHostException {
        InetSocketAddress address = new InetSocketAddress(ip(10, 0, 0, 1), 80);
        assertThat(AddressHash.of(address)).isEqualTo(AddressHash.of(new InetSocketAddress(ip(10, 0, 0, 1), 80)));
        assertThat(AddressHash.of(address)).isNotEqualTo(AddressHash.of(new InetSocketAddress(ip(10, 0, 0, 1), 81)));
        assertThat(AddressHash.of(address)).isNotEqualTo(AddressHash.of(new InetSocketAddress(ip(10, 0, 0, 2), 80)));
    }

    @Test
    void aNetworkIsAnIpv4AddressOrTheFirstHalfOfAnIpv6Address() throws UnknownHostException {
        assertThat(AddressHash.network(ip(10, 0, 0, 1))).isNotEqualTo(AddressHash.network(ip(10, 0, 0, 2)));
        InetAddress one = ip(0x20, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1);
        InetAddress same = ip(0x20, 1, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8);
        InetAddress other = ip(0x20, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1);
        assertThat(AddressHash.network(one)).isEqualTo(AddressHash.network(same));
        assertThat(AddressHash.network(one)).isNotEqualTo(AddressHash.network(other));
    }

    @Test
    void countsAreKeptForEachNetworkAndTakeNoRoomWhenTheyAreZero() throws UnknownHostException {
        AddressCounts counts = new AddressCounts();
        for (int i = 0; i < 10_000; i++) {
            assertThat(counts.add(v6(i))).isEqualTo(1);
            assertThat(counts.add(v6(i))).isEqualTo(2);
        }
        assertThat(counts.size).isEqualTo(10_000);
        for (int i = 0; i < 10_000; i += 2) {
            counts.remove(v6(i));
            counts.remove(v6(i));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(counts.of(v6(i))).isEqualTo(i % 2 == 0 ? 0 : 2);
        }
        for (int i = 1; i < 10_000; i += 2) {
            counts.remove(v6(i));
            counts.remove(v6(i));
        }
        assertThat(counts.size).isZero();
        assertThatThrownBy(() -> counts.remove(v6(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLookUpCostsTheSameWhateverNetworksStrangersChoose() throws UnknownHostException {
        AddressCounts counts = new AddressCounts();
        for (int i = 0; i < 10_000; i++) {
            counts.add(v6(i));
        }
        long before = counts.steps;
        for (int i = 0; i < 10_000; i++) {
            assertThat(counts.of(v6(i))).isEqualTo(1);
        }
        assertThat((counts.steps - before) / 10_000.0).isLessThan(2);
    }
}
