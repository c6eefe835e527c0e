package dev.gridmate.driver.tls;

import dev.gridmate.driver.DriverCounter;
import dev.gridmate.internal.BufferPool;
import dev.gridmate.internal.Counters;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Memory for the records of all connections of a driver: workspaces, in which records are made and
 * opened, and the driver's pool for what has to wait between two steps. A workspace is lent for one
 * step. So there are as many as one step needs, however many peers have sent a part of a record.
 */
final class RecordMemory {

    /**
     * More than the largest record that any engine takes (the JDK's takes up to 33,093 bytes, and
     * waits for all of them), and what is written at a time.
     */
    static final int WORKSPACE = 1 << 16;

    private final BufferPool pool;
    private final Counters<DriverCounter> counters;
    private final ArrayDeque<ByteBuffer> workspaces = new ArrayDeque<>();

    RecordMemory(BufferPool pool, Counters<DriverCounter> counters) {
        this.pool = pool;
        this.counters = counters;
    }

    /** {@return a workspace; null if the Java VM has no direct memory left} */
    @Nullable
    ByteBuffer workspace() {
        ByteBuffer free = workspaces.poll();
        try {
            return free != null ? free : ByteBuffer.allocateDirect(WORKSPACE);
        } catch (OutOfMemoryError e) {
            return null; // counted by the step that needs it, which waits
        }
    }

    void giveBack(ByteBuffer workspace) {
        workspaces.push(workspace.clear());
    }

    BufferPool pool() {
        return pool;
    }

    void count(DriverCounter counter) {
        counters.add(counter, 1);
    }
}
