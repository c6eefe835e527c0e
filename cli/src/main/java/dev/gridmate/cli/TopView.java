package dev.gridmate.cli;

import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotRequest.Sort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a VM is on the screen, as the keys have chosen it, and the lines that this makes. */
final class TopView {

    private static final List<String> HELP = List.of(
            "w  sort by waiting bytes     r  by bytes per second",
            "t  by round trip time        l  by loss",
            "a  by age                    s  by silence",
            "up, down, PgUp, PgDn, g      walk through the table",
            "Tab  next driver or carrier  e  ends, or the table",
            "p  pause, or go on           q  quit",
            "",
            "WAITING  bytes that have not left, or were not received",
            "BLOCKED  for how long the peer has taken nothing",
            "SILENT   for how long nothing has arrived from it",
            "",
            "What to do about each figure: docs/operating.md");

    /** The lines of the ends below the table; with fewer rows of the table, they give way. */
    private static final int ENDS = 6;

    private static final int LEAST_ROWS = 6;

    private final String title;
    private final int limit;
    private Sort sort;
    private int subject;
    private int from;
    private boolean isHelp;
    private boolean isPaused;
    private boolean isEnds;

    /**
     * @param title what is looked at
     * @param limit how many connections there are to walk through at most
     */
    TopView(String title, Sort sort, int limit) {
        this.title = title;
        this.sort = sort;
        this.limit = limit;
    }

    boolean isPaused() {
        return isPaused;
    }

    /** {@return what is to be looked at for a screen of so many lines} */
    TopWatch.Wish wish(int height) {
        return new TopWatch.Wish(subject, new SnapshotRequest(sort, Math.min(limit, from + Math.max(1, height))));
    }

    /** A key was pressed. */
    void on(TopKeys.Key key, int height) {
        isHelp = key == TopKeys.Key.HELP && !isHelp;
        switch (key) {
            case PAUSE -> isPaused = !isPaused;
            case ENDS -> isEnds = !isEnds;
            case NEXT -> subject++;
            case DOWN -> from++;
            case UP -> from--;
            case PAGE_DOWN -> from += height / 2;
            case PAGE_UP -> from -= height / 2;
            case TOP -> from = 0;
            default -> by(key.sort());
        }
        from = Math.max(0, Math.min(limit - 1, from));
    }

    private void by(@Nullable Sort next) {
        if (next != null) {
            sort = next;
            from = 0;
        }
    }

    /** {@return the lines of a screen, at most so many} */
    List<TopLine> lines(TopWatch.Seen seen, int width, int height) {
        List<TopLine> lines = new ArrayList<>();
        lines.add(TopLine.title(title + (isPaused ? ", PAUSED" : "")));
        if (seen.subjects().size() > 1) {
            lines.add(TopLine.plain(names(seen)));
        }
        if (seen.problem() != null) {
            lines.add(TopLine.alarm(seen.problem()));
        }
        if (isHelp) {
            HELP.forEach(line -> lines.add(TopLine.plain(line)));
        } else if (seen.snapshot() != null) {
            TopPage page = new TopPage(seen.snapshot(), seen.earlier());
            lines.addAll(page.summary());
            addRest(lines, page, new TopTable(seen.snapshot(), sort), width, height - 1 - lines.size());
        } else if (seen.problem() == null) {
            lines.add(TopLine.plain("looking..."));
        }
        List<TopLine> fitting = new ArrayList<>(lines.subList(0, Math.min(lines.size(), Math.max(0, height - 1))));
        while (fitting.size() < height - 1) {
            fitting.add(TopLine.plain(""));
        }
        fitting.add(TopLine.heading(keys(width)));
        return fitting.stream().map(line -> line.cut(width)).toList();
    }

    private void addRest(List<TopLine> lines, TopPage page, TopTable table, int width, int left) {
        if (isEnds) {
            lines.addAll(page.ends(left - 1));
            return;
        }
        int rows = left - ENDS >= LEAST_ROWS ? left - ENDS : left;
        from = Math.max(0, Math.min(from, table.size() - 1));
        List<TopLine> shown = table.lines(width, from, rows - 1);
        lines.addAll(shown);
        if (rows < left) {
            lines.addAll(page.ends(left - shown.size() - 1));
        }
    }

    private static String names(TopWatch.Seen seen) {
        StringBuilder names = new StringBuilder("Tab:");
        for (int i = 0; i < seen.subjects().size(); i++) {
            names.append(i == seen.shown() ? " [" : " ")
                    .append(seen.subjects().get(i))
                    .append(i == seen.shown() ? "]" : "");
        }
        return names.toString();
    }

    private static String keys(int width) {
        String all = "q quit  w waiting  r rate  t round trip  l loss  a age  s silence  e ends  Tab next  ? help";
        return all.length() <= width ? all : "q quit  w r t l a s sort  e ends  Tab next  ? help";
    }
}
