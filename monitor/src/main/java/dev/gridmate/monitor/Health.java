package dev.gridmate.monitor;

import dev.gridmate.snapshot.Snapshot;

/**
 * The answers to a supervisor: whether the program should be started anew, and whether players
 * should be sent here. They are short, since everybody may ask.
 */
final class Health {

    private final Figures figures;

    Health(Figures figures) {
        this.figures = figures;
    }

    /** {@return 200 while all loops update} */
    Reply live() {
        for (Watch<?> each : figures.all()) {
            if (each.hasStalled(figures.stalledAfter())) {
                return notOk("a loop has not updated for "
                        + each.source().sinceUpdate().toSeconds() + " s");
            }
        }
        return Reply.text(200, "ok\n");
    }

    /** {@return 200 while all loops update, and newcomers can come} */
    Reply ready() {
        for (Watch<?> each : figures.all()) {
            Snapshot picture = each.totals();
            if (picture == null) {
                return notOk("a loop has not updated yet");
            }
            if (!picture.source().isListening()) {
                return notOk("not listening");
            }
        }
        return live();
    }

    private static Reply notOk(String why) {
        return Reply.text(503, why + "\n");
    }
}
