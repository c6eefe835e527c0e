package dev.gridmate.cli;

import dev.gridmate.internal.Printable;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotJson;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotRequest.Sort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the connections of a running Java program. */
@Command(
        name = "top",
        description = {
            "Shows the connections of a running Java program that uses this library, live.",
            "",
            "The program needs no option and no port: the JDK attaches to it. It must run on this machine, as the same"
                    + " user. On a terminal the page changes, and ? shows the keys; in a pipe it is printed once, when"
                    + " the rates are known."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  gridmate top                        the only one there",
            "  gridmate top 4711                   that process",
            "  gridmate top 4711 --sort silence    who may be gone",
            "  gridmate top 4711 --once            the page, once",
            "  gridmate top 4711 --json            for a program"
        },
        exitCodeListHeading = Main.EXIT_CODES,
        exitCodeList = {"0:it showed a program", Main.EXIT_1, Main.EXIT_2})
final class TopCommand implements Callable<Integer> {

    private static final int MOST_NAMED = 3;

    /** So many lines a screen is taken to have until it is known. */
    private static final int FIRST_HEIGHT = 24;

    private static final double LEAST_INTERVAL = 0.1;
    private static final double MOST_INTERVAL = 3600;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PID",
            description = "The process. Default: the only one there is; if there are several, they are listed.")
    private @Nullable Long pid;

    @Option(
            names = "--sort",
            paramLabel = "BY",
            defaultValue = "waiting",
            description = "Which connections come first: waiting (bytes), rate, round-trip, loss, age or silence."
                    + " Default: ${DEFAULT-VALUE}.")
    private String sort;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Show at most this many connections, of each driver and carrier. Default: 20; on a terminal"
                    + " 1000, to walk through.")
    private @Nullable Integer limit;

    @Option(
            names = "--interval",
            paramLabel = "S",
            converter = Units.Seconds.class,
            defaultValue = "2",
            description = "Look again after this time; rates are over it. Default: ${DEFAULT-VALUE}.")
    private Double interval;

    @Option(names = "--once", description = "Print the page once, on a terminal too.")
    private boolean once;

    @Option(names = "--json", description = "Print one JSON object: all there is, with names as in the library.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final Console console;

    @SuppressWarnings("NullAway.Init") // picocli sets the rest
    TopCommand(Console console) {
        this.console = console;
    }

    /** A picture, and one before it. */
    private record Picture(Snapshot snapshot, Snapshot earlier) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Sort by = sort();
        if (limit != null) {
            Checks.range(spec, "--limit", limit, 0, SnapshotRequest.MAX_LIMIT);
        }
        if (!(interval >= LEAST_INTERVAL && interval <= MOST_INTERVAL)) {
            throw Checks.wrong(spec, "--interval is " + interval + ", it must be 0.1 to 3600 seconds");
        }
        if (ModuleLayer.boot().findModule("jdk.attach").isEmpty()) {
            throw new Failure("this Java (" + System.getProperty("java.home")
                    + ") cannot attach to others: run gridmate" + " top with a JDK");
        }
        long process = pid == null ? onlyProcess() : pid;
        try (JavaVm vm = new JavaVm(process)) {
            if (vm.subjects().isEmpty()) {
                throw new Failure(vm + " (" + vm.program() + ") has neither a driver nor a carrier of this library, or"
                        + " has switched its MXBeans off");
            }
            Terminal terminal = json || once ? null : console.screen().opener().open();
            if (terminal == null) {
                print(vm, by);
            } else {
                try (terminal) {
                    show(vm, by, terminal);
                }
            }
        }
        return 0;
    }

    private Sort sort() {
        for (Sort each : Sort.values()) {
            if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(sort)) {
                return each;
            }
        }
        throw Checks.wrong(
                spec, "--sort is '" + sort + "', it must be waiting, rate, round-trip, loss, age or silence");
    }

    private long onlyProcess() {
        List<Long> found = JavaVms.all().stream().filter(JavaVm::hasLibrary).toList();
        if (found.isEmpty()) {
            throw new Failure("no Java program of this user has a driver or a carrier of this library");
        }
        if (found.size() > 1) {
            List<String> lines = new ArrayList<>();
            for (long each : found) {
                lines.add("  gridmate top " + each + "   " + Printable.plain(describe(each)));
            }
            throw new Failure("there are several programs, choose one:" + System.lineSeparator()
                    + String.join(System.lineSeparator(), lines));
        }
        return found.get(0);
    }

    private static String describe(long pid) {
        try (JavaVm vm = new JavaVm(pid)) {
            List<Pictures.Subject> subjects = vm.subjects();
            return vm.program() + ": "
                    + subjects.stream().limit(MOST_NAMED).map(Object::toString).collect(Collectors.joining(", "))
                    + (subjects.size() > MOST_NAMED ? " and " + (subjects.size() - MOST_NAMED) + " more" : "");
        } catch (Failure e) { // the others are listed nevertheless
            return String.valueOf(e.getMessage());
        }
    }

    private void print(JavaVm vm, Sort by) throws InterruptedException {
        SnapshotRequest request = new SnapshotRequest(by, limit == null ? 20 : limit);
        List<Pictures.Subject> subjects = vm.subjects();
        Map<Pictures.Subject, Snapshot> first = new LinkedHashMap<>();
        for (Pictures.Subject each : subjects) {
            first.put(each, vm.snapshot(each, new SnapshotRequest(by, 0)));
        }
        TimeUnit.NANOSECONDS.sleep(Checks.nanos(spec, "--interval", interval));
        List<Picture> pictures = new ArrayList<>();
        for (Pictures.Subject each : subjects) {
            Snapshot snapshot = vm.snapshot(each, request);
            pictures.add(new Picture(snapshot, first.getOrDefault(each, snapshot)));
        }
        if (json) {
            console.say(json(vm, pictures));
        } else {
            pictures.forEach(each -> print(each.snapshot(), each.earlier(), by));
        }
    }

    private static String json(JavaVm vm, List<Picture> pictures) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("pid", vm.pid());
        object.put("program", vm.program());
        List<Object> all = new ArrayList<>();
        for (Picture each : pictures) {
            Map<String, Object> members = new LinkedHashMap<>(); // in this order
            members.put("snapshot", each.snapshot());
            members.put("rates", each.snapshot().rates(each.earlier()));
            all.add(members);
        }
        object.put("pictures", all);
        return SnapshotJson.of(object);
    }

    private void print(Snapshot snapshot, @Nullable Snapshot earlier, Sort by) {
        TopPage page = new TopPage(snapshot, earlier);
        List<TopLine> lines = new ArrayList<>(page.summary());
        lines.addAll(new TopTable(snapshot, by).lines(Integer.MAX_VALUE, 0, Integer.MAX_VALUE));
        lines.addAll(page.ends(limit == null ? 20 : limit));
        lines.forEach(line -> console.out().println(line.text().stripTrailing()));
        console.out().println();
        console.out().flush();
    }

    private void show(JavaVm vm, Sort by, Terminal terminal) throws IOException {
        TopView view = new TopView("gridmate top: " + vm + " " + vm.program(), by, limit == null ? 1000 : limit);
        TopWatch.Seen last;
        try (TopWatch watch = new TopWatch(vm, view.wish(FIRST_HEIGHT), Checks.nanos(spec, "--interval", interval))) {
            try (TopScreen screen = new TopScreen(terminal)) {
                screen.run(view, watch, () -> console.stop().isRequested() || !vm.isAlive());
            } catch (IllegalStateException | InterruptedIOException e) {
                if (!TopScreen.isClosedTerminal(e)) {
                    throw e;
                }
                console.out().print(TopScreen.LEAVE); // a signal closed the terminal, and left its screen
                console.out().flush();
                return;
            }
            last = watch.seen();
        }
        if (!vm.isAlive()) {
            if (last.snapshot() != null) {
                print(last.snapshot(), last.earlier(), by); // the last that there is to know
            }
            console.err().println(vm + " has ended");
        }
    }
}
