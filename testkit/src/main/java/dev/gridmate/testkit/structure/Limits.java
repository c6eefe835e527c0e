package dev.gridmate.testkit.structure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What may not get worse, as a small table: a line for each measure, with a limit for each module
 * and the goal. A limit is the goal, or today's number where the goal is not reached. Less is
 * better, for each measure.
 */
public final class Limits {

    private static final String HEAD = "measure";
    private static final String GOAL = "goal";

    private final List<String> comments;
    private final List<String> modules;
    private final Map<String, int[]> rows;

    private Limits(List<String> comments, List<String> modules, Map<String, int[]> rows) {
        this.comments = comments;
        this.modules = modules;
        this.rows = rows;
    }

    /**
     * Reads a table.
     *
     * @param measures the names of the measures that it has to have, and no others
     * @throws IllegalArgumentException if it is not such a table
     */
    public static Limits read(String text, List<String> measures) {
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
        Map<String, int[]> rows = new LinkedHashMap<>();
        for (String[] line : lines.subList(1, lines.size())) {
            int[] numbers = new int[head.size() - 1];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Integer.parseInt(line[i + 1]);
            }
            rows.put(line[0], numbers);
        }
        if (!List.copyOf(rows.keySet()).equals(measures)) {
            throw new IllegalArgumentException("The measures are not " + measures + ": " + rows.keySet());
        }
        return new Limits(comments, head.subList(1, head.size() - 1), rows);
    }

    /** {@return the modules, in the order of the columns} */
    public List<String> modules() {
        return modules;
    }

    int limit(String measure, String module) {
        return rows.get(measure)[modules.indexOf(module)];
    }

    int goal(String measure) {
        return rows.get(measure)[modules.size()];
    }

    /**
     * Finds what is worse.
     *
     * @param numbers the number of each measure, for each module
     * @return a sentence for each number that is over its limit
     */
    public List<String> worse(Map<String, Map<String, Integer>> numbers) {
        List<String> sentences = new ArrayList<>();
        for (String module : modules) {
            rows.keySet().forEach(measure -> {
                int number = numbers.get(module).get(measure);
                if (number > limit(measure, module)) {
                    sentences.add("WORSE  " + module + ": " + measure + " is " + number + ", and the limit is "
                            + limit(measure, module));
                }
            });
        }
        return sentences;
    }

    /** {@return a sentence for each limit that can be lowered} */
    public List<String> better(Map<String, Map<String, Integer>> numbers) {
        List<String> sentences = new ArrayList<>();
        for (String module : modules) {
            rows.keySet().forEach(measure -> {
                int lowered = lowered(measure, module, numbers);
                if (lowered < limit(measure, module)) {
                    sentences.add("better " + module + ": " + measure + " is "
                            + numbers.get(module).get(measure) + "; lower the limit from " + limit(measure, module)
                            + " to " + lowered);
                }
            });
        }
        return sentences;
    }

    /** A limit never goes below the goal, and never up. */
    private int lowered(String measure, String module, Map<String, Map<String, Integer>> numbers) {
        return Math.min(
                limit(measure, module),
                Math.max(goal(measure), numbers.get(module).get(measure)));
    }

    /** {@return the table with each limit lowered that can be} */
    public String lowered(Map<String, Map<String, Integer>> numbers) {
        StringBuilder text = new StringBuilder();
        comments.forEach(comment -> text.append(comment).append('\n'));
        text.append(String.format(Locale.ROOT, "%-20s", HEAD));
        modules.forEach(module -> text.append(String.format(Locale.ROOT, "%10s", module)));
        text.append(String.format(Locale.ROOT, "%10s\n", GOAL));
        rows.keySet().forEach(measure -> {
            text.append(String.format(Locale.ROOT, "%-20s", measure));
            modules.forEach(
                    module -> text.append(String.format(Locale.ROOT, "%10d", lowered(measure, module, numbers))));
            text.append(String.format(Locale.ROOT, "%10d\n", goal(measure)));
        });
        return text.toString();
    }
}
