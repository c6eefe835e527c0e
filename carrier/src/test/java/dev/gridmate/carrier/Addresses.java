package dev.gridmate.carrier;

import dev.gridmate.GridMate;
import dev.gridmate.driver.AddressFamily;
import dev.gridmate.driver.ResultCode;
import dev.gridmate.driver.SocketDriverAddress;
import dev.gridmate.driver.StreamSocketDriver;
import dev.gridmate.driver.StreamSocketDriverConfig;
import dev.gridmate.driver.sim.SimulatedNetwork;

/** Addresses of peers that need not exist. Only a driver can make them. */
public final class Addresses {

    private Addresses() {}

    public static SocketDriverAddress of(int port) {
        StreamSocketDriverConfig config = StreamSocketDriverConfig.builder()
                .transport(new SimulatedNetwork(1).host("10.0.0.1"))
                .build();
        try (StreamSocketDriver driver = new StreamSocketDriver(new GridMate(), config)) {
            if (driver.initialize(AddressFamily.IPV4) != ResultCode.OK) {
                throw new AssertionError("a simulated driver always initializes");
            }
            return driver.createDriverAddress("10.0.0.2|" + port);
        }
    }
}
