package dev.gridmate.driver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the drivers ask of their callers, and say when it is not so. */
final class Arguments {

    private Arguments() {}

    static void inRange(String name, int value, int from, int to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " is " + value + ", it must be " + from + " to " + to);
        }
    }

    /** Returns where to bind; a name is looked up. */
    static InetSocketAddress localAddress(AddressFamily family, @Nullable String address, int port) {
        inRange("port", port, 0, 65_535);
        if (address == null) {
            return new InetSocketAddress(Acceptor.anyAddress(family), port);
        }
        InetAddress ip = AddressBook.lookUp("address", address, family);
        if (family == AddressFamily.IPV6 && ip.getAddress().length == 4) {
            throw new IllegalArgumentException("address " + address + " is IPv4, the family is " + family);
        }
        return new InetSocketAddress(ip, port);
    }

    static int packetSize(ByteBuffer packet, int most) {
        int size = packet.remaining();
        if (size == 0 || size > most) {
            throw new IllegalArgumentException("packet has " + size + " bytes, it must have 1 to " + most);
        }
        return size;
    }

    /** Returns a timeout in nanoseconds; what is beyond all reason is a year. */
    static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", it must not be negative");
        }
        return timeout.compareTo(StreamSocketDriverConfig.Builder.MAX_TIMEOUT) > 0
                ? StreamSocketDriverConfig.Builder.MAX_TIMEOUT.toNanos()
                : timeout.toNanos();
    }
}
