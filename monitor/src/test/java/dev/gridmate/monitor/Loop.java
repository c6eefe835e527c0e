package dev.gridmate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.driver.Driver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.function.Executable;

/** A program's loop on a thread of its own: it echoes, until it is closed. */
final class Loop {

    /** Long enough for a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Object turns = new Object();
    private final Driver driver;
    private final Thread thread;
    private volatile boolean isOver;

    Loop(Driver driver) {
        this.driver = driver;
        driver.handOver();
        thread = new Thread(this::run, "loop");
        thread.start();
    }

    private void run() {
        while (!isOver) {
            driver.update();
            driver.receive(driver::send, 1_000);
            synchronized (turns) {
                turns.notifyAll();
            }
            driver.waitForData(Duration.ofMillis(10));
        }
        driver.handOver();
    }

    /** Waits until something is so after a turn of the loop. */
    void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (turns) {
            while (!condition.getAsBoolean()) {
                assertThat(System.nanoTime()).as("time").isLessThan(end);
                turns.wait(PATIENCE.toMillis());
            }
        }
    }

    /** Runs a task on the loop, and returns when it has run. */
    void run(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        driver.execute(() -> {
            task.run();
            done.countDown();
        });
        done.await();
    }

    /** Makes the loop stand still, as a program does that waits for something in its tick. */
    void whileItStandsStill(Executable action) throws Throwable {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        driver.execute(() -> {
            began.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        began.await();
        try {
            action.execute();
        } finally {
            end.countDown();
        }
    }

    void close() throws InterruptedException {
        isOver = true;
        driver.stopWaitForData();
        thread.join();
    }
}
