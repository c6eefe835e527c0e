package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPortTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:7",
        "::1, [::1]:7",
        "::, [::]:7",
        "2001:db8::, [2001:db8::]:7",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:7",
        "2001:db8:0:0:1:0:0:0, [2001:db8:0:0:1::]:7",
        "fe80::1:2, [fe80::1:2]:7",
        "1:0:2:3:4:5:6:7, [1:0:2:3:4:5:6:7]:7",
    })
    void addressesAreWrittenAsPeopleWriteThem(String ip, String text) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(ip);

        assertThat(HostPort.text(address, 7)).isEqualTo(text);
        assertThat(InetAddress.getByName(HostPort.parse(text).host())).isEqualTo(address);
        assertThat(HostPort.parse(text).isName()).isFalse();
    }
}
