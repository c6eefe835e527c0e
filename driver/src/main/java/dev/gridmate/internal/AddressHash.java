package dev.gridmate.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;

/**
 * Hashes of addresses that a stranger cannot foresee. Strangers choose their addresses. The JDK's
 * hash is a sum, so thousands of them can share one, and each look-up would walk over all of them.
 *
 * <p>This is SipHash-1-3 (Aumasson and Bernstein, 2012) over 64-bit words, with a key that is drawn
 * once for each process.
 */
public final class AddressHash {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long K0 = RANDOM.nextLong();
    private static final long K1 = RANDOM.nextLong();

    /** The last word is the length: 24 bytes, in the highest byte. */
    private static final int LENGTH_WORD = 3;

    private static final long LENGTH = 24L << 56;
    private static final int FINAL_ROUNDS = 3;

    private static final int NETWORK_BYTES = 8;

    /** Tells an IPv4 address from an IPv6 network: no network in use begins with these bits. */
    private static final long IPV4 = 0x0000_FFFF_0000_0000L;

    private AddressHash() {}

    /**
     * {@return the hash of an address and its port, without the scope of an IPv6 address} One that
     * is only a name, which no stranger chose, has the hash of the name.
     */
    public static int of(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        return ip == null ? of(address.hashCode()) : fold(of(ip, address.getPort()));
    }

    /** {@return the hash of a number that a stranger chose, {@link #network} for example} */
    public static int of(long number) {
        return fold(hash(K0, K1, number, 0, 0));
    }

    private static long of(InetAddress ip, int port) {
        if (!(ip instanceof Inet6Address)) {
            return hash(K0, K1, ip.hashCode(), port, 1); // the JDK's hash of an IPv4 address is the address
        }
        byte[] bytes = ip.getAddress();
        return hash(K0, K1, word(bytes, 0), word(bytes, NETWORK_BYTES), port);
    }

    /**
     * {@return whom an address belongs to, as far as an address tells: an IPv4 address as it is, of
     * an IPv6 address its first 64 bits} An IPv6 network has one owner, and 2^64 addresses.
     * A limit for each address counts by this number.
     */
    public static long network(InetAddress ip) {
        return ip instanceof Inet6Address ? word(ip.getAddress(), 0) : IPV4 | Integer.toUnsignedLong(ip.hashCode());
    }

    private static long word(byte[] bytes, int from) {
        long word = 0;
        for (int i = from; i < from + NETWORK_BYTES; i++) {
            word = word << Byte.SIZE | (bytes[i] & 0xFF);
        }
        return word;
    }

    private static int fold(long hash) {
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    /** SipHash-1-3 of three words with a key. */
    static long hash(long k0, long k1, long first, long second, long third) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int word = 0; word <= LENGTH_WORD + FINAL_ROUNDS; word++) {
            long mixed = switch (word) {
                case 0 -> first;
                case 1 -> second;
                case 2 -> third;
                case LENGTH_WORD -> LENGTH;
                default -> 0;
            };
            v3 ^= mixed;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= mixed;
            v2 ^= word == LENGTH_WORD ? 0xFF : 0;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
