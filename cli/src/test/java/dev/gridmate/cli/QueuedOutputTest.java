package dev.gridmate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines are written while the program goes on, whether they are read or not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueuedOutputTest {

    /** Takes nothing until it is let. */
    private static final class Pipe extends OutputStream {

        private final CountDownLatch open = new CountDownLatch(1);
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            bytes.write(from, offset, length);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private final Pipe pipe = new Pipe();
    private final QueuedOutput queued = new QueuedOutput(pipe);
    private final PrintStream err = new PrintStream(queued, true, StandardCharsets.UTF_8);

    @Test
    void whatIsWrittenArrivesWholeAndInOrder() throws InterruptedException {
        pipe.open.countDown();
        for (int i = 0; i < 1000; i++) {
            err.println("line " + i);
        }
        err.print("\rprogress");
        err.flush();
        queued.drain();
        assertThat(pipe.text()).startsWith("line 0\nline 1\n").endsWith("line 999\n\rprogress");
    }

    @Test
    void aReaderThatDoesNotReadHoldsNobodyUpAndHearsHowMuchItHasMissed() throws InterruptedException {
        String line = "x".repeat(1023);
        for (int i = 0; i < 3000; i++) {
            err.println(line); // would never return
        }
        pipe.open.countDown();
        queued.drain();
        String[] lines = pipe.text().split("\n");
        assertThat(lines).startsWith(line).hasSizeBetween(1024, 1027);
        assertThat(lines[lines.length - 1])
                .isEqualTo("... and " + (3000 - lines.length + 1) + " more lines, which nobody read in time");
        err.println("and on it goes");
        queued.drain();
        assertThat(pipe.text()).endsWith("\nand on it goes\n");
    }

    @Test
    void theEndOfTheProgramDoesNotWaitForAReaderForEver() throws InterruptedException {
        err.println("nobody reads this");
        queued.drain();
        assertThat(pipe.text()).isEmpty();
    }
}
