package dev.gridmate.testkit.structure;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures the shape of the published modules and holds it against the limits in {@code
 * testkit/structure.limits}. A number over its limit fails the run. A number below its limit is
 * told, and {@code --lower} writes it down, so that the shape only gets better until it reaches the
 * goal. {@code testkit/structure} compiles and runs this program.
 */
public final class Structure {

    private static final Path LIMITS = Path.of("testkit", "structure.limits");

    /** How many of the worst are named for each measure. */
    private static final int NAMED = 8;

    private final Limits limits;
    private final PrintStream out;

    Structure(Limits limits, PrintStream out) {
        this.limits = limits;
        this.out = out;
    }

    /** Runs in the root of the repository. Ends with 1 if a number is over its limit. */
    public static void main(String[] arguments) throws IOException {
        Limits limits = Limits.read(Files.readString(LIMITS), Measure.keys());
        Map<String, List<Path>> sources = new LinkedHashMap<>();
        for (String module : limits.modules()) {
            sources.put(module, Sources.below(Path.of(module, "src", "main", "java")));
        }
        Map<String, Shape> shapes = Sources.measure(sources);
        boolean good = new Structure(limits, System.out).report(shapes);
        if (List.of(arguments).contains("--lower")) {
            Files.writeString(LIMITS, limits.lowered(numbers(shapes)));
        }
        System.exit(good ? 0 : 1);
    }

    /** {@return true if no number is over its limit} */
    boolean report(Map<String, Shape> shapes) {
        table(shapes);
        shapes.forEach(this::offenders);
        List<String> better = limits.better(numbers(shapes));
        better.forEach(out::println);
        if (!better.isEmpty()) {
            out.println("`testkit/structure --lower` writes the better numbers down");
        }
        List<String> worse = limits.worse(numbers(shapes));
        worse.forEach(out::println);
        return worse.isEmpty();
    }

    private static Map<String, Map<String, Integer>> numbers(Map<String, Shape> shapes) {
        Map<String, Map<String, Integer>> numbers = new LinkedHashMap<>();
        shapes.forEach((module, shape) -> numbers.put(module, shape.numbers()));
        return numbers;
    }

    private void table(Map<String, Shape> shapes) {
        out.print("|");
        shapes.keySet().forEach(module -> out.print(" | " + module + " (limit)"));
        out.println(" | goal |");
        out.println("|---" + "|---".repeat(shapes.size()) + "|---|");
        for (Measure measure : Measure.values()) {
            out.print("| " + measure.words());
            shapes.forEach((module, shape) ->
                    out.print(" | " + shape.value(measure) + " (" + limits.limit(measure.key(), module) + ")"));
            out.println(" | " + limits.goal(measure.key()) + " |");
        }
    }

    private void offenders(String module, Shape shape) {
        worst(module + ", longest files", shape.files(), Measure.FILE_LONGEST);
        worst(module + ", longest methods", shape.methods(), Measure.METHOD_LONGEST);
        worst(module + ", fullest classes", shape.fields(), Measure.FIELDS);
        worst(module + ", longest parameter lists", shape.parameters(), Measure.PARAMETERS);
        worst(module + ", longest constructors' lists", shape.constructors(), Measure.CONSTRUCTOR);
        worst(module + ", largest records", shape.records(), Measure.RECORD);
        names(module + ", circles", shape.circles().stream().map(circle -> circle.size() + " " + circle));
        names(module + ", without a user", shape.unused().stream());
    }

    private void worst(String title, List<Sized> things, Measure measure) {
        names(
                title + " (goal " + limits.goal(measure.key()) + ")",
                things.stream()
                        .filter(thing -> thing.size() > limits.goal(measure.key()))
                        .sorted(Sized.LARGEST_FIRST)
                        .limit(NAMED)
                        .map(thing -> thing.size() + " " + thing.name()));
    }

    private void names(String title, Stream<String> names) {
        List<String> all = names.toList();
        if (!all.isEmpty()) {
            out.println("\n" + title);
            all.forEach(name -> out.println("  " + name));
        }
    }
}
