package dev.gridmate.carrier;

import dev.gridmate.driver.ResultCode;

/**
 * What went wrong in the driver underneath.
 *
 * @param code the driver's code
 * @param message in the system's words, for people
 */
public record DriverError(ResultCode code, String message) {}
