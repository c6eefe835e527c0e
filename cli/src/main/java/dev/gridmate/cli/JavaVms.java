package dev.gridmate.cli;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Java VMs of this machine. A VM needs no option and no port to be looked into: the JDK can
 * attach to it, if it belongs to the same user.
 */
final class JavaVms {

    private static final String NO_ATTACHING = "-XX:+DisableAttachMechanism";

    /** How a command line of a process reads where the system tells: arguments end with a zero. */
    private static final String END_OF_ARGUMENT = "\0";

    private JavaVms() {}

    /** {@return the VMs of this user that may be attached to, but for this one} */
    static List<Long> all() {
        // A VM with -XX:-UsePerfData is not in the JDK's list, but it is a process like any other.
        Stream<Long> listed = VirtualMachine.list().stream()
                .map(VirtualMachineDescriptor::id)
                .filter(id -> id.matches("\\d+"))
                .map(Long::valueOf);
        Stream<Long> processes =
                ProcessHandle.allProcesses().filter(JavaVms::isJava).map(ProcessHandle::pid);
        return Stream.concat(listed, processes)
                .distinct()
                .filter(pid ->
                        pid != ProcessHandle.current().pid() && whyNot(pid).isEmpty())
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    // The system tells the command of a process to its own user only: others are left out.
    private static boolean isJava(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).getFileName())
                .filter(name -> name != null && name.toString().matches("javaw?(\\.exe)?"))
                .isPresent();
    }

    /** Attaches to a VM; fails with the reason, and with the user's way out if there is one. */
    static VirtualMachine attach(long pid) {
        whyNot(pid).ifPresent(reason -> {
            throw new Failure(reason);
        });
        try {
            return VirtualMachine.attach(Long.toString(pid));
        } catch (AttachNotSupportedException e) {
            throw new Failure(process(pid) + " does not answer as a Java VM does: " + e.getMessage());
        } catch (IOException e) {
            throw new Failure(process(pid) + " cannot be attached to: " + e.getMessage());
        }
    }

    // All this is looked at before anything is done: attaching sends a signal, which ends a process
    // other than a Java VM, and has one that allows no attaching print its threads.
    private static Optional<String> whyNot(long pid) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isEmpty()) {
            return Optional.of("there is no process " + pid + " on this machine");
        }
        if (pid == ProcessHandle.current().pid()) {
            return Optional.of(process(pid) + " is this gridmate top itself");
        }
        String user = handle.get().info().user().orElse("");
        String own = ProcessHandle.current().info().user().orElse("");
        if (!user.equals(own)) { // what it answers is believed, so it must be one's own, for root too
            return Optional.of(process(pid) + " belongs to " + (user.isEmpty() ? "another user" : user) + ", and " + own
                    + " may not look into it: run gridmate top as the same user");
        }
        return whyNotOnLinux(pid);
    }

    private static Optional<String> whyNotOnLinux(long pid) {
        String status = read(pid, "status");
        if (status.isEmpty()) {
            return Optional.empty();
        }
        if (status.contains("\nState:\tT")) {
            return Optional.of(process(pid) + " is stopped: kill -CONT " + pid + " has it go on");
        }
        if (read(pid, "cmdline").contains(NO_ATTACHING + END_OF_ARGUMENT)) {
            return Optional.of(process(pid) + " was started with " + NO_ATTACHING
                    + ": nothing can look into it. Start it without, or give it a page with --monitor");
        }
        if (!catchesQuit(status)) {
            return Optional.of(process(pid) + " is not a Java VM, or has only just begun");
        }
        return Optional.empty();
    }

    /** Whether the process does something about the signal that attaching sends, SIGQUIT. */
    private static boolean catchesQuit(String status) {
        return status.lines()
                .filter(line -> line.startsWith("SigCgt:"))
                .map(line -> line.substring("SigCgt:".length()).strip())
                .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >>> (3 - 1) & 1) == 1);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            return ""; // another system, or it has ended meanwhile
        }
    }

    private static String process(long pid) {
        return "process " + pid;
    }
}
