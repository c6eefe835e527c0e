package dev.gridmate.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JournalTest {

    /** A log that stalls until it may go on. */
    private static final class StalledLog implements System.Logger {

        final CountDownLatch isAsked = new CountDownLatch(1);
        final Semaphore goOn = new Semaphore(0);
        final List<String> lines = new CopyOnWriteArrayList<>();
        final List<Thread> writers = new CopyOnWriteArrayList<>();
        final CountDownLatch isDone = new CountDownLatch(Journal.CAPACITY + 1);

        @Override
        public String getName() {
            return "stalled";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
            isAsked.countDown();
            goOn.acquireUninterruptibly();
            writers.add(Thread.currentThread());
            lines.add(text);
            isDone.countDown();
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... values) {
            log(level, bundle, format, (Throwable) null);
        }
    }

    @Test
    void aLogThatStallsHoldsNobodyAndWhatDoesNotFitIsCounted() throws Exception {
        StalledLog log = new StalledLog();
        long before = Journal.dropped();
        Journal.write(log, System.Logger.Level.WARNING, "0", null);
        assertThat(log.isAsked.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 1; i <= Journal.CAPACITY + 10; i++) {
            Journal.write(log, System.Logger.Level.WARNING, String.valueOf(i), null);
        }
        assertThat(Journal.dropped() - before).isEqualTo(10);
        assertThat(log.lines).isEmpty();

        log.goOn.release(Journal.CAPACITY + 1);
        assertThat(log.isDone.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(log.lines).hasSize(Journal.CAPACITY + 1).startsWith("0", "1").endsWith("256");
        assertThat(log.writers).doesNotContain(Thread.currentThread()).allMatch(Thread::isDaemon);
    }
}
