package dev.gridmate.monitor;

import dev.gridmate.carrier.meters.CarrierMeters;
import dev.gridmate.meters.DriverMeters;
import dev.gridmate.meters.Meter;
import java.util.ArrayList;
import java.util.List;

/** All meters there are, for the tests of what is written from them. */
final class Tables {

    private Tables() {}

    static List<Meter<?>> ofDriver() {
        return with(DriverMeters.AGE, DriverMeters.ALL);
    }

    static List<Meter<?>> ofCarrier() {
        return with(CarrierMeters.AGE, CarrierMeters.ALL);
    }

    private static List<Meter<?>> with(Meter<?> first, List<? extends Meter<?>> others) {
        List<Meter<?>> all = new ArrayList<>();
        all.add(first);
        all.addAll(others);
        return all;
    }
}
