package dev.gridmate.carrier;

import dev.gridmate.driver.ResultCode;

/** A carrier could not be made, since its driver could not be initialized. */
public final class CarrierException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What the driver said. */
    private final ResultCode code;

    CarrierException(ResultCode code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * Returns what the driver said.
     *
     * @return not {@link ResultCode#OK}
     */
    public ResultCode code() {
        return code;
    }
}
