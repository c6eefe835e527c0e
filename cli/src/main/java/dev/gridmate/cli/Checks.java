package dev.gridmate.cli;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks what the user gave, in the user's words. */
final class Checks {

    private static final double MAX_SECONDS = 1e9;

    private Checks() {}

    static void range(CommandSpec command, String option, long value, long from, long to) {
        if (value < from || value > to) {
            throw wrong(command, option + " is " + value + ", it must be " + from + " to " + to);
        }
    }

    /** Returns the nanoseconds; {@link Long#MAX_VALUE} for no limit. */
    static long nanos(CommandSpec command, String option, @Nullable Double seconds) {
        if (seconds == null) {
            return Long.MAX_VALUE;
        }
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw wrong(command, option + " is " + seconds + ", it must be above 0");
        }
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    static ParameterException wrong(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
