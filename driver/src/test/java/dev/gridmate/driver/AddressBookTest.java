package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/**
 * Which addresses a driver takes, in words and as objects, and that equal ones are the same
 * object.
 */
class AddressBookTest {

    private final AddressBook book = new AddressBook(this, AddressFamily.IPV4);
    private final AddressBook wide = new AddressBook(this, AddressFamily.IPV6);

    private static InetAddress ip(int... bytes) throws UnknownHostException {
        return InetAddress.getByAddress(Ends.bytes(bytes));
    }

    @Test
    void whatIsNotAnAddressWithAPortIsRefusedWithItsText() {
        assertRefused("1.2.3.4", "address \"1.2.3.4\" is not of the form ip|port");
        assertRefused("|2017", "address \"|2017\" is not of the form ip|port");
        assertRefused("1.2.3.4|", "address \"1.2.3.4|\" has no number behind the |");
        assertRefused("1.2.3.4|x", "address \"1.2.3.4|x\" has no number behind the |");
        assertRefused("1.2.3.4|5|x", "address \"1.2.3.4|5|x\" has no number behind the |");
        assertRefused("1.2.3.4|0|7", "address \"1.2.3.4|0\" is neither an IP address nor the name of a host");
        assertRefused("1.2.3.4|0", "port 0 of \"1.2.3.4|0\" is not 1 to 65535");
        assertRefused("1.2.3.4|-1", "port -1 of \"1.2.3.4|-1\" is not 1 to 65535");
        assertRefused("1.2.3.4|65536", "port 65536 of \"1.2.3.4|65536\" is not 1 to 65535");
        assertRefused("::1|7", "address \"::1\" is ::1, which is not IPV4");
        assertThat(book.parse("1.2.3.4|1").port()).isEqualTo(1);
        assertThat(book.parse("1.2.3.4|65535").port()).isEqualTo(65_535);
    }

    private void assertRefused(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> book.parse(text)).withMessage(message);
    }

    @Test
    void anAddressOfTheJdksIsRefusedIfNothingCanBeSentToIt() throws UnknownHostException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> book.checked(new InetSocketAddress(ip(1, 2, 3, 4), 0)))
                .withMessageContaining("has port 0, it must be 1 to 65535");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> book.checked(InetSocketAddress.createUnresolved("there", 1)))
                .withMessageContaining("is unresolved: look the name up first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> book.checked(new InetSocketAddress("::1", 1)))
                .withMessage("address ::1 is not IPV4, which this driver was initialized with");
    }

    @Test
    void equalAddressesAreOneObjectHoweverTheyCame() throws UnknownHostException {
        SocketDriverAddress parsed = book.parse("10.0.0.1|2017");
        InetSocketAddress same = new InetSocketAddress(ip(10, 0, 0, 1), 2017);
        assertThat(book.checked(same)).isSameAs(parsed);
        assertThat(book.intern(same)).isSameAs(parsed);
        assertThat(book.find(SocketDriverAddress.of(same))).isSameAs(parsed);
        assertThat(book.find(SocketDriverAddress.of(new InetSocketAddress(ip(10, 0, 0, 1), 2018))))
                .isNull();
        assertThat(book.find(SocketDriverAddress.of(new InetSocketAddress(ip(10, 0, 0, 2), 2017))))
                .isNull();
        assertThat(wide.find(parsed)).as("another driver's book").isNull();
    }

    @Test
    void anIpv6BookTakesBothFamiliesAndBracketsThatAreClosed() {
        assertThat(wide.parse("1.2.3.4|1").ip()).isInstanceOf(Inet4Address.class);
        assertThat(wide.parse("[::2]|1").ip()).isInstanceOf(Inet6Address.class);
        assertThat(wide.parse("[::2]|1")).isSameAs(wide.parse("::2|1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wide.parse("[::2|1"))
                .withMessageStartingWith("address \"[::2\" is no IP address");
    }

    @Test
    void anUnknownHostIsNoMistakeOfTheCallers() {
        String impossible = "x".repeat(70) + ".invalid"; // too long a label: no name service is asked
        assertThatExceptionOfType(HostNotFoundException.class)
                .isThrownBy(() -> book.parse(impossible + "|1"))
                .withMessage("address \"" + impossible + "\" is no IP address, and no host has that name")
                .satisfies(e -> assertThat(e.host()).isEqualTo(impossible));
    }

    @Test
    void anAddressToBindIsOfTheFamilyAndWithoutOneItIsEveryAddress() {
        for (AddressFamily family : AddressFamily.values()) {
            InetSocketAddress any = AddressBook.toBind(family, null, 0);
            assertThat(any.getAddress().isAnyLocalAddress()).isTrue();
            assertThat(any.getAddress() instanceof Inet4Address).isEqualTo(family == AddressFamily.IPV4);
        }
        assertThat(AddressBook.toBind(AddressFamily.IPV4, "127.0.0.1", 65_535).getPort())
                .isEqualTo(65_535);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressBook.toBind(AddressFamily.IPV6, "127.0.0.1", 1))
                .withMessage("address 127.0.0.1 is IPv4, the family is IPV6");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AddressBook.toBind(AddressFamily.IPV4, "::1", 1))
                .withMessage("address \"::1\" is ::1, which is not IPV4");
        for (int port : new int[] {-1, 65_536}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AddressBook.toBind(AddressFamily.IPV4, null, port))
                    .withMessage("port is " + port + ", it must be 0 to 65535");
        }
    }
}
