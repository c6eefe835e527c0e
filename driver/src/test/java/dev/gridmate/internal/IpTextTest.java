package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpTextTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0:0:0:0:0:0:0:1, ::1",
        "0:0:0:0:0:0:0:0, ::",
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "2001:0DB8:0:0:1:0:0:0, 2001:db8:0:0:1::",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "0:1:1:1:1:1:1:1, 0:1:1:1:1:1:1:1",
        "1:1:1:1:1:1:0:0, 1:1:1:1:1:1::",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "0:0:1:0:0:0:0:0, 0:0:1::",
        "fe80:0:0:0:0:0:0:1%3, fe80::1%3",
        "0:0:0:0:0:0:7f00:1, ::7f00:1",
        "FF02:0:0:0:0:0:1:2, ff02::1:2",
    })
    void theLongestRowOfZerosIsLeftOutAndNothingElse(String full, String shortened) throws UnknownHostException {
        InetAddress ip = InetAddress.getByName(full);
        assertThat(IpText.of(ip)).isEqualTo(shortened);
        assertThat(InetAddress.getByName(shortened)).isEqualTo(ip);
        assertThat(IpText.of(new InetSocketAddress(ip, 44112))).isEqualTo(shortened + "|44112");
    }

    @Test
    void anIpv4AddressInsideAnIpv6OneKeepsItsDots() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, (byte) 200};
        assertThat(IpText.of(Inet6Address.getByAddress(null, mapped, -1))).isEqualTo("::ffff:10.0.0.200");
    }

    @Test
    void whatIsWrittenIsReadAsTheSameAddressWhereverTheZerosAre() throws UnknownHostException {
        SplittableRandom random = new SplittableRandom(5952);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[16];
            bytes[0] = 0x20; // neither mapped nor of a scope
            for (int group = 1; group < 8; group++) {
                int value = random.nextInt(3) == 0 ? random.nextInt(0x1_0000) : 0;
                bytes[2 * group] = (byte) (value >> 8);
                bytes[2 * group + 1] = (byte) value;
            }
            InetAddress ip = InetAddress.getByAddress(bytes);
            assertThat(InetAddress.getByName(IpText.of(ip))).isEqualTo(ip);
        }
    }
}
