package dev.gridmate.carrier;

import dev.gridmate.GridMate;
import dev.gridmate.driver.Driver;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriver;

/**
 * Makes and initializes the driver of a carrier to which none was given, and initializes one that
 * was.
 */
final class OwnDriver {

    private OwnDriver() {}

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
