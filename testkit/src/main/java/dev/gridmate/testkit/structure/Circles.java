package dev.gridmate.testkit.structure;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the circles of a graph: the largest sets in which each node leads to each other (Tarjan's
 * algorithm).
 */
final class Circles {

    private final Map<String, Set<String>> graph;
    private final Map<String, Integer> number = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Set<String>> found = new ArrayList<>();

    private Circles(Map<String, Set<String>> graph) {
        this.graph = graph;
    }

    /** {@return the circles of two nodes or more, largest first} */
    static List<Set<String>> of(Map<String, Set<String>> graph) {
        Circles circles = new Circles(graph);
        for (String node : graph.keySet()) {
            if (!circles.number.containsKey(node)) {
                circles.visit(node);
            }
        }
        circles.found.sort(Comparator.comparingInt(circle -> -circle.size()));
        return circles.found;
    }

    private void visit(String node) {
        int mine = number.size();
        number.put(node, mine);
        lowest.put(node, mine);
        open.push(node);
        for (String next : graph.getOrDefault(node, Set.of())) {
            if (!number.containsKey(next)) {
                visit(next);
                lowest.merge(node, lowest.get(next), Math::min);
            } else if (open.contains(next)) {
                lowest.merge(node, number.get(next), Math::min);
            }
        }
        if (lowest.get(node) == mine) {
            close(node);
        }
    }

    private void close(String node) {
        Set<String> circle = new TreeSet<>();
        String last;
        do {
            last = open.pop();
            circle.add(last);
        } while (!last.equals(node));
        if (circle.size() > 1) {
            found.add(circle);
        }
    }
}
