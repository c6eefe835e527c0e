import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Adds what PIT has just found in a module to what was found before, class by class; prints a score for each package, and
 * writes the survivors to {@code target/mutation/survivors.txt} of the module.
 */
final class Score {

    private static final Pattern MUTATION =
            Pattern.compile("<mutation [^>]*status='(\\w+)'.*?</mutation>", Pattern.DOTALL);

    /** One mutant, as a line of the file of results. */
    private record Mutant(String name, int line, String method, String mutator, String status, String description) {

        static Mutant of(String line) {
            String[] part = line.split("\t", -1);
            return new Mutant(part[0], Integer.parseInt(part[1]), part[2], part[3], part[4], part[5]);
        }

        String toLine() {
            return String.join("\t", name, Integer.toString(line), method, mutator, status, description);
        }

        boolean survived() {
            return status.equals("SURVIVED") || status.equals("NO_COVERAGE");
        }

        /** Nested classes belong to the class whose file they are in. */
        String file() {
            return name.replaceFirst("\\$.*", "").replaceFirst(".*\\.", "") + ".java";
        }

        String packageName() {
            return name.substring(0, name.lastIndexOf('.'));
        }
    }

    public static void main(String[] modules) throws IOException {
        if (modules.length > 0) {
            addNew(Path.of(modules[0], "target"));
        }
        System.out.printf("%-34s %8s %8s %9s %6s%n", "package", "mutants", "killed", "survived", "score");
        for (String module : new String[] {"driver", "carrier"}) {
            List<Mutant> all = read(Path.of(module, "target/mutation/results.txt"));
            print(all);
            write(all, Path.of(module, "target/mutation/survivors.txt"));
        }
    }

    private static void addNew(Path target) throws IOException {
        Path report = target.resolve("pit-reports/mutations.xml");
        if (!Files.exists(report)) {
            return;
        }
        List<Mutant> fresh = parse(Files.readString(report));
        Path results = target.resolve("mutation/results.txt");
        List<Mutant> all = read(results);
        all.removeIf(old -> fresh.stream().anyMatch(each -> each.name.equals(old.name)));
        all.addAll(fresh);
        Files.createDirectories(results.getParent());
        Files.write(results, all.stream().map(Mutant::toLine).sorted().toList());
    }

    private static List<Mutant> parse(String xml) {
        List<Mutant> found = new ArrayList<>();
        for (Matcher each = MUTATION.matcher(xml); each.find(); ) {
            String one = each.group();
            found.add(new Mutant(
                    field(one, "mutatedClass"),
                    Integer.parseInt(field(one, "lineNumber")),
                    field(one, "mutatedMethod"),
                    field(one, "mutator").replaceFirst(".*\\.", "").replaceFirst("Mutator", ""),
                    each.group(1),
                    field(one, "description")));
        }
        return found;
    }

    private static String field(String mutation, String name) {
        Matcher matcher = Pattern.compile("<" + name + ">(.*?)</" + name + ">", Pattern.DOTALL).matcher(mutation);
        return matcher.find()
                ? matcher.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'")
                : "";
    }

    private static List<Mutant> read(Path results) throws IOException {
        List<Mutant> all = new ArrayList<>();
        if (Files.exists(results)) {
            for (String line : Files.readAllLines(results)) {
                all.add(Mutant.of(line));
            }
        }
        return all;
    }

    private static void print(List<Mutant> all) {
        Map<String, int[]> packages = new TreeMap<>();
        for (Mutant each : all) {
            int[] counts = packages.computeIfAbsent(each.packageName(), name -> new int[2]);
            counts[0]++;
            counts[1] += each.survived() ? 1 : 0;
        }
        packages.forEach((name, counts) -> System.out.printf(
                "%-34s %8d %8d %9d %5d%%%n",
                name, counts[0], counts[0] - counts[1], counts[1], 100 * (counts[0] - counts[1]) / counts[0]));
    }

    private static void write(List<Mutant> all, Path survivors) throws IOException {
        if (all.isEmpty()) {
            return;
        }
        Map<String, String> lines = new TreeMap<>();
        for (Mutant each : all) {
            if (each.survived()) {
                String key = String.format("%s %s:%06d", each.packageName(), each.file(), each.line);
                String text = each.packageName() + " " + each.file() + ":" + each.line + " " + each.method + ": "
                        + each.mutator + ", " + each.description
                        + (each.status.equals("NO_COVERAGE") ? " (no test gets here)" : "");
                lines.merge(key, text, (one, other) -> one + System.lineSeparator() + other);
            }
        }
        Files.write(survivors, lines.values());
        System.out.println("survivors: " + survivors);
    }
}
