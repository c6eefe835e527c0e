package dev.gridmate.cli;

import dev.gridmate.carrier.CarrierDisconnectReason;
import dev.gridmate.carrier.DisconnectNotice;

/**
 * Says why there is no connection of a carrier, and what helps.
 *
 * @param patience how long connecting may take, in seconds, as the user wrote it
 */
record CarrierFailures(CarrierOptions carrier, HostPort to, String patience) {

    /**
     * Says why a connection ended.
     *
     * @param driverError what the driver said last; empty for nothing
     * @param isMute nothing has come on it
     */
    String ended(CarrierDisconnectReason reason, String driverError, boolean isMute) {
        return switch (reason.code()) {
            case BAD_CONNECTION ->
                reason + " (it died, or the network did, or it takes smaller packets: are --full-packets and"
                        + " --max-packet alike on both sides?)";
            case SHUTTING_DOWN ->
                (reason.peerText().isEmpty() ? reason.code() : reason.toString()) + " (it was stopped)";
            case BAD_PACKETS -> reason.code() + " (give both sides the same " + carrier.sizeOption() + ")";
            case DRIVER_ERROR ->
                reason.code() + " (" + driverError
                        + (isMute ? "; does it have the same " + carrier.sizeOption() + "?" : "")
                        + ")";
            default -> reason.toString();
        };
    }

    /**
     * Says why a connection was not made.
     *
     * @param driverError what the driver said last; empty for nothing
     */
    String notConnected(CarrierDisconnectReason reason, String driverError) {
        String start = "gridmate carrier-echo " + carrier.forServer(to.port());
        return switch (reason.code()) {
            case HANDSHAKE_TIMEOUT ->
                "nobody answers at " + to + " within " + patience + " s: is `" + start + "` running there?"
                        + (to.isName() ? " (" + reason.detail() + ")" : "");
            case UNKNOWN_HOST ->
                "cannot connect to " + to + ": " + reason.detail() + ". Check the spelling, or use an IP address";
            case VERSION_MISMATCH ->
                "the server at " + to + " has another version than " + carrier.version()
                        + ": give both sides the same --carrier-version";
            case HANDSHAKE_REJECTED ->
                reason.peerCode() == DisconnectNotice.FULL.code()
                        ? "the server at " + to + " is full, and takes no more connections: see its --max-connections"
                        : "the server at " + to + " takes no connection from here: " + reason.detail();
            case DRIVER_ERROR -> {
                String error = driverError.isEmpty() ? reason.detail() : driverError;
                yield "cannot connect to " + to + ": " + error + ". "
                        + (error.contains("TLS") ? TlsFiles.wayOut(error) : "Is `" + start + "` running there?");
            }
            default -> "cannot connect to " + to + ": " + reason;
        };
    }
}
