package dev.gridmate.cli;

import picocli.CommandLine.Option;

/** How the commands that talk by lines read and print them. */
final class LineOptions {

    @Option(names = "--hex", description = "Lines are hexadecimal digits, both ways.")
    private boolean hex;

    @Option(
            names = "--keep-cr",
            description = "Send the carriage return of lines that end with CR LF, too. Default: it is part of the end.")
    private boolean keepCr;

    boolean hex() {
        return hex;
    }

    boolean keepCr() {
        return keepCr;
    }
}
