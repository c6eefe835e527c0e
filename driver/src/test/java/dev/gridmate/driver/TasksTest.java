package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DriverPair.Kind;
import dev.gridmate.driver.sim.SimulatedNetwork;
import dev.gridmate.testkit.Logged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What other threads have the owner of a driver do. */
@Timeout(60)
class TasksTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final GridMate gridMate = new GridMate();
    private final List<String> done = new ArrayList<>();

    @AfterEach
    void close() {
        gridMate.close();
    }

    private Driver driver(Kind kind) {
        Driver driver = DriverPair.driver(kind, gridMate, network.host("10.0.0.1"));
        Loopback.ok(driver.initialize(AddressFamily.IPV4, kind.ip(1), 0));
        driver.waitForData(Duration.ofNanos(1));
        return driver;
    }

    private static void onThread(Runnable step) throws InterruptedException {
        Thread thread = new Thread(step, "another");
        thread.start();
        thread.join();
    }

    @ParameterizedTest
    @EnumSource
    void tasksOfAnotherThreadRunInOrderOnTheOwnersInTheNextUpdate(Kind kind) throws InterruptedException {
        Driver driver = driver(kind);
        onThread(() -> {
            for (int i = 0; i < 3; i++) {
                int number = i;
                driver.execute(
                        () -> done.add(number + " on " + Thread.currentThread().getName()));
            }
        });
        String owner = Thread.currentThread().getName();
        assertThat(done).isEmpty();
        assertThat(driver.update()).as("work").isEqualTo(3);
        assertThat(done).containsExactly("0 on " + owner, "1 on " + owner, "2 on " + owner);
        assertThat(driver.update()).isZero();
        assertThat(done).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void aTaskThatWaitsEndsEachWaitUntilItHasRun(Kind kind) throws InterruptedException {
        Driver driver = driver(kind);
        onThread(() -> driver.execute(() -> done.add("task")));
        long before = driver.nanoTime();
        for (int i = 0; i < 3; i++) {
            assertThat(driver.waitForData(LONG)).isTrue();
            assertThat(driver.waitForData(Duration.ZERO)).isTrue();
        }
        assertThat(driver.nanoTime() - before).isLessThan(LONG.toNanos() / 2);
        driver.update();
        assertThat(done).containsExactly("task");
        driver.waitForData(Duration.ZERO);
        driver.waitForData(Duration.ofMillis(1)); // the wake-up may be left over from before the update
        assertThat(driver.waitForData(Duration.ofMillis(1))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "STREAM_TLS", "DATAGRAM"})
    void noTaskIsLostAndNoWaitIsLongHoweverTheTwoThreadsMeet(Kind kind) throws InterruptedException {
        Driver driver = driver(kind);
        for (int i = 0; i < 200; i++) {
            CountDownLatch started = new CountDownLatch(1);
            String number = "task " + i;
            Thread giver = new Thread(() -> {
                started.countDown();
                driver.execute(() -> done.add(number));
            });
            giver.start();
            started.await();
            while (!done.contains(number)) {
                driver.waitForData(LONG);
                driver.update();
            }
            giver.join();
        }
        assertThat(done).hasSize(200).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "DATAGRAM"})
    void manyThreadsGiveTasksAndEachOfThemRunsInItsOwnOrder(Kind kind) throws InterruptedException {
        Driver driver = driver(kind);
        int[] next = new int[4];
        List<Thread> givers = new ArrayList<>();
        for (int giver = 0; giver < next.length; giver++) {
            int own = giver;
            givers.add(new Thread(() -> {
                for (int i = 0; i < 1_000; i++) {
                    giveUntilTaken(driver, inOrder(next, own, i));
                }
            }));
        }
        givers.forEach(Thread::start);
        while (next[0] + next[1] + next[2] + next[3] < 4_000) {
            driver.waitForData(LONG);
            driver.update();
        }
        for (Thread each : givers) {
            each.join();
        }
        assertThat(next).containsOnly(1_000);
    }

    private static Runnable inOrder(int[] next, int giver, int number) {
        return () -> next[giver] = next[giver] == number ? number + 1 : Integer.MIN_VALUE / 8;
    }

    private static void giveUntilTaken(Driver driver, Runnable task) {
        while (true) {
            try {
                driver.execute(task);
                return;
            } catch (RejectedExecutionException full) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsGivenAboveTheMostIsRejectedWithTheNumberAndCounted(Kind kind) {
        Driver driver = driver(kind);
        for (int round = 1; round <= 2; round++) {
            for (int i = 0; i < 1_024; i++) {
                driver.execute(() -> done.add("task"));
            }
            assertThatThrownBy(() -> driver.execute(() -> done.add("one too many")))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("1024 tasks wait for the next update of the driver, the most that may");
            assertThat(driver.counter(DriverCounter.TASKS_REJECTED)).isEqualTo(round);
            assertThat(driver.update()).isEqualTo(1_024);
            assertThat(done).hasSize(round * 1_024).containsOnly("task");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatATaskThrowsIsLoggedAndTheOthersRun(Kind kind) {
        Driver driver = driver(kind);
        AssertionError error = new AssertionError("of the program's");
        driver.execute(() -> {
            throw error;
        });
        driver.execute(() -> done.add("second"));
        try (Logged logged = Logged.expecting("of the driver threw")) {
            assertThat(driver.update()).isEqualTo(2);
            assertThat(logged.thrown(1)).containsExactly(error);
        }
        assertThat(done).containsExactly("second");
        assertThatNullPointerException().isThrownBy(() -> driver.execute(null));
    }

    @ParameterizedTest
    @EnumSource
    void anErrorOfTheVirtualMachineLeavesTheUpdateAndTheOthersRunInTheNext(Kind kind) {
        Driver driver = driver(kind);
        driver.execute(() -> {
            throw new StackOverflowError("too deep");
        });
        driver.execute(() -> done.add("second"));
        assertThatThrownBy(driver::update).isInstanceOf(StackOverflowError.class);
        assertThat(done).isEmpty();
        assertThat(driver.update()).isEqualTo(1);
        assertThat(done).containsExactly("second");
    }

    @ParameterizedTest
    @EnumSource
    void whatATaskGivesWaitsForTheNextUpdateAndNoneRunsInsideAnother(Kind kind) {
        Driver driver = driver(kind);
        driver.execute(() -> {
            driver.execute(() -> done.add("given by the first"));
            driver.update();
            long before = driver.nanoTime();
            assertThat(driver.waitForData(Duration.ofMillis(1))).isIn(true, false);
            done.add("first, waited " + (driver.nanoTime() - before < LONG.toNanos()));
        });
        driver.execute(() -> done.add("second"));
        assertThat(driver.update()).isEqualTo(2);
        assertThat(done).containsExactly("first, waited true", "second");
        driver.update();
        assertThat(done).hasSize(3).endsWith("given by the first");
    }

    @ParameterizedTest
    @EnumSource
    void closingRunsWhatWaitsWhileTheDriverIsOpenAndTakesNoMore(Kind kind) {
        Driver driver = driver(kind);
        driver.execute(() -> {
            done.add("open: " + driver.isInitialized());
            assertThatThrownBy(() -> driver.execute(() -> done.add("late")))
                    .isInstanceOf(RejectedExecutionException.class);
        });
        driver.close();
        assertThat(done).containsExactly("open: true");
        assertThatThrownBy(() -> driver.execute(() -> done.add("late")))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("the driver is closed and runs no more tasks");
        assertThat(driver.counter(DriverCounter.TASKS_REJECTED)).isEqualTo(2);
        driver.close();
        assertThat(done).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aTaskMayCloseTheDriverAndThoseBehindItStillRun(Kind kind) {
        Driver driver = driver(kind);
        driver.execute(driver::close);
        driver.execute(() -> done.add("open: " + driver.isInitialized()));
        assertThat(driver.update()).isPositive();
        assertThat(done).containsExactly("open: true");
        assertThatIllegalStateException().isThrownBy(driver::update);
    }

    @ParameterizedTest
    @EnumSource
    void aTaskMayBeGivenBeforeTheDriverIsInitialized(Kind kind) {
        Driver driver = DriverPair.driver(kind, gridMate, network.host("10.0.0.1"));
        driver.execute(() -> done.add("task"));
        Loopback.ok(driver.initialize(AddressFamily.IPV4, kind.ip(1), 0));
        assertThat(driver.waitForData(LONG)).isTrue();
        driver.update();
        assertThat(done).containsExactly("task");
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForATaskOfADriverThatNeverBeganGetsItWhenItIsClosed(Kind kind) {
        Driver driver = DriverPair.driver(kind, gridMate, network.host("10.0.0.1"));
        driver.execute(() -> done.add("task"));
        driver.close();
        assertThat(done).containsExactly("task");
    }
}
