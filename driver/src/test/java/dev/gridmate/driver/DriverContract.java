package dev.gridmate.driver;

import dev.gridmate.GridMate;
import dev.gridmate.driver.DriverPair.Kind;
import dev.gridmate.driver.sim.SimulatedNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The drivers and networks on which each contract test runs. */
abstract class DriverContract {

    static final Duration LONG = Duration.ofSeconds(50);

    final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        Thread.interrupted();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    DriverPair pair(Kind kind) {
        DriverPair pair = new DriverPair(kind);
        opened.add(pair);
        return pair;
    }

    Driver fresh(Kind kind) {
        GridMate gridMate = new GridMate();
        opened.add(gridMate);
        return DriverPair.driver(kind, gridMate, new SimulatedNetwork(1).host("10.0.0.1"));
    }
}
