package dev.gridmate.carrier;

import dev.gridmate.GridMate;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Makes and initializes the driver of a carrier to which none was given, and initializes one that
 * was.
 */
final class OwnDriver {

    /** The drivers that carriers have; a driver that nobody holds is not in the way. */
    private static final Map<Driver, Boolean> TAKEN = Collections.synchronizedMap(new WeakHashMap<>());

    private OwnDriver() {}

    /**
     * Takes a driver for a carrier.
     *
     * @throws IllegalStateException if another one has it
     */
    static void take(Driver driver) {
        if (TAKEN.putIfAbsent(driver, true) != null) {
            throw new IllegalStateException(driver + " has a carrier already: close that, or make another driver");
        }
    }

    static void giveBack(Driver driver) {
        TAKEN.remove(driver);
    }

    static Driver create(CarrierDesc desc, GridMate gridMate) {
        return new SocketDriver(gridMate, desc.local().ownDriver());
    }

    /**
     * Makes sure that a driver is initialized.
     *
     * @throws CarrierException if it cannot be
     */
    static void initialize(Driver driver, CarrierDesc desc) {
        if (driver.isInitialized()) {
            return;
        }
        CarrierDesc.LocalSide local = desc.local();
        ResultCode code = driver.initialize(
                local.familyType(),
                local.address(),
                local.port(),
                false,
                local.receiveBufferSize(),
                local.sendBufferSize());
        if (code != ResultCode.OK) {
            throw new CarrierException(code, "cannot initialize the driver: " + driver.lastError());
        }
    }
}
