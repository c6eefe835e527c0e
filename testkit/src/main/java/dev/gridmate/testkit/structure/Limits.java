package dev.gridmate.testkit.structure;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The limits of each module, as a small table: a line for each measure, with a limit for each module and the goal.
 * A limit is the goal, or today's number where the goal is not reached.
 */
final class Limits {

    private static final String HEAD = "measure";
    private static final String GOAL = "goal";

    private final List<String> comments;
    private final List<String> modules;
    private final Map<Measure, int[]> rows;

    private Limits(List<String> comments, List<String> modules, Map<Measure, int[]> rows) {
        this.comments = comments;
        this.modules = modules;
        this.rows = rows;
    }

    /** @throws IllegalArgumentException if the text is not a table with a line for each measure */
    static Limits read(String text) {
        List<String> comments =
                text.lines().filter(line -> line.startsWith("#")).toList();
        List<String[]> lines = text.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.trim().split("\\s+"))
                .toList();
        List<String> head = List.of(lines.get(0));
        if (head.size() < 3
                || !head.get(0).equals(HEAD)
                || !head.get(head.size() - 1).equals(GOAL)) {
            throw new IllegalArgumentException("The first line is not 'measure', modules, 'goal': " + head);
        }
        Map<Measure, int[]> rows = new EnumMap<>(Measure.class);
        for (String[] line : lines.subList(1, lines.size())) {
            int[] numbers = new int[head.size() - 1];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Integer.parseInt(line[i + 1]);
            }
            rows.put(measure(line[0]), numbers);
        }
        for (Measure measure : Measure.values()) {
            if (!rows.containsKey(measure)) {
                throw new IllegalArgumentException("There is no limit for " + measure.key());
            }
        }
        return new Limits(comments, head.subList(1, head.size() - 1), rows);
    }

    private static Measure measure(String key) {
        for (Measure measure : Measure.values()) {
            if (measure.key().equals(key)) {
                return measure;
            }
        }
        throw new IllegalArgumentException("There is no measure " + key);
    }

    List<String> modules() {
        return modules;
    }

    int limit(Measure measure, String module) {
        return rows.get(measure)[modules.indexOf(module)];
    }

    int goal(Measure measure) {
        return rows.get(measure)[modules.size()];
    }

    /** {@return a sentence for each number that is over its limit} */
    List<String> worse(Map<String, Shape> shapes) {
        List<String> sentences = new ArrayList<>();
        shapes.forEach((module, shape) -> {
            for (Measure measure : Measure.values()) {
                if (shape.value(measure) > limit(measure, module)) {
                    sentences.add("WORSE  " + module + ": " + measure.words() + " is " + shape.value(measure)
                            + ", and the limit is " + limit(measure, module));
                }
            }
        });
        return sentences;
    }

    /** {@return a sentence for each limit that can be lowered} */
    List<String> better(Map<String, Shape> shapes) {
        List<String> sentences = new ArrayList<>();
        shapes.forEach((module, shape) -> {
            for (Measure measure : Measure.values()) {
                if (lowered(measure, module, shape) < limit(measure, module)) {
                    sentences.add("better " + module + ": " + measure.words() + " is " + shape.value(measure)
                            + "; lower the limit from " + limit(measure, module) + " to "
                            + lowered(measure, module, shape));
                }
            }
        });
        return sentences;
    }

    /** A limit never goes below the goal, and never up. */
    private int lowered(Measure measure, String module, Shape shape) {
        return Math.min(limit(measure, module), Math.max(goal(measure), shape.value(measure)));
    }

    /** {@return the table with each limit that can be lowered lowered} */
    String lowered(Map<String, Shape> shapes) {
        StringBuilder text = new StringBuilder();
        comments.forEach(comment -> text.append(comment).append('\n'));
        text.append(String.format("%-16s", HEAD));
        modules.forEach(module -> text.append(String.format("%10s", module)));
        text.append(String.format("%10s%n", GOAL));
        for (Measure measure : Measure.values()) {
            text.append(String.format("%-16s", measure.key()));
            modules.forEach(module -> text.append(String.format("%10d", lowered(measure, module, shapes.get(module)))));
            text.append(String.format("%10d%n", goal(measure)));
        }
        return text.toString();
    }
}
