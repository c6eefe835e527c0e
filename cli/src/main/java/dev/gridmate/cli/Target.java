package dev.gridmate.cli;

import picocli.CommandLine.Parameters;

/** The server that a command goes to. */
final class Target {

    @Parameters(
            index = "0",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "The server; an IPv6 address in brackets.")
    private HostPort to;

    @SuppressWarnings("NullAway.Init") // picocli sets it
    Target() {}

    HostPort to() {
        return to;
    }
}
