package dev.gridmate.driver;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The rule that one thread at a time owns a driver, checked on every call: a data race is found
 * where it happens, and not by what it breaks.
 */
final class Ownership {

    private static final AtomicReferenceFieldUpdater<Ownership, @Nullable Thread> OWNER =
            AtomicReferenceFieldUpdater.newUpdater(Ownership.class, Thread.class, "owner");

    private volatile @Nullable Thread owner = Thread.currentThread();

    void check() {
        Thread present = owner;
        Thread caller = Thread.currentThread();
        if (present != caller && !(present == null && OWNER.compareAndSet(this, null, caller))) {
            Thread other = owner;
            throw new IllegalStateException(
                    "thread \"" + caller.getName() + "\" called a driver that is owned by thread \""
                            + (other == null ? "?" : other.getName()) + "\": the owner must call handOver first");
        }
    }

    void handOver() {
        check();
        owner = null;
    }
}
