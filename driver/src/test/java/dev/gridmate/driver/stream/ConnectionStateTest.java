package dev.gridmate.driver.stream;

import static dev.gridmate.driver.stream.ConnectionState.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class ConnectionStateTest {

    @Test
    void theLegalLivesAreLegal() {
        live(ACCEPT, ESTABLISHED, PEER_CLOSED, DISCONNECTED);
        live(CONNECTING, CONNECT, ESTABLISHED, CLOSING, DISCONNECTED);
        live(ACCEPT, ESTABLISHED, PEER_CLOSED, CLOSING, IN_ERROR, DISCONNECTED);
        live(CONNECTING, DISCONNECTED);
    }

    @Test
    void anIllegalStepThrowsAndNamesBothStates() {
        assertThatIllegalStateException()
                .isThrownBy(() -> CONNECTING.become(ESTABLISHED))
                .withMessageContaining("CONNECTING")
                .withMessageContaining("ESTABLISHED");
        for (ConnectionState next : values()) {
            assertThat(DISCONNECTED.mayBecome(next)).isFalse();
            assertThat(next.mayBecome(next)).isFalse();
        }
    }

    private static void live(ConnectionState... states) {
        for (int i = 1; i < states.length; i++) {
            assertThat(states[i - 1].become(states[i])).isEqualTo(states[i]);
        }
    }
}
