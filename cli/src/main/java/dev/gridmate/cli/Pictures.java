package dev.gridmate.cli;

import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import java.util.List;

/** Something of which pictures can be taken. */
interface Pictures {

    /**
     * A driver or a carrier of it.
     *
     * @param kind for example {@code Carrier}
     */
    record Subject(String kind, String name) {

        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    /**
     * {@return all drivers and carriers, carriers first, since they are on top of drivers}
     *
     * @throws Failure with words if it does not answer
     */
    List<Subject> subjects();

    /**
     * {@return a picture}
     *
     * @throws Failure with words if the loop stands still, the VM does, or is gone
     */
    Snapshot snapshot(Subject subject, SnapshotRequest request);
}
