package dev.gridmate.micrometer;

import dev.gridmate.carrier.Carrier;
import dev.gridmate.driver.Driver;
import java.time.Duration;

/** A program's loop on a thread of its own: it echoes. */
final class Loop {

    private final Driver driver;
    private final Carrier carrier;
    private final Thread thread;
    private volatile boolean isOver;

    Loop(Driver driver, Carrier carrier) {
        this.driver = driver;
        this.carrier = carrier;
        driver.handOver();
        carrier.handOver();
        thread = new Thread(this::run, "loop");
        thread.start();
    }

    private void run() {
        while (!isOver) {
            driver.update();
            driver.receive(driver::send, 100);
            carrier.update();
            driver.waitForData(Duration.ofMillis(5));
        }
        driver.handOver();
        carrier.handOver();
    }

    void stop() throws InterruptedException {
        isOver = true;
        thread.join();
    }

    void close() throws InterruptedException {
        stop();
        carrier.close();
        driver.close();
    }
}
