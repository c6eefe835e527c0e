package dev.gridmate.driver;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The rule that one thread at a time owns a driver, checked on every call: a data race is found
 * where it happens, and not by what it breaks.
 */
final class Ownership {

    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>(Thread.currentThread());

    void check() {
        Thread present = owner.get();
        Thread caller = Thread.currentThread();
        if (present != caller && !(present == null && owner.compareAndSet(null, caller))) {
            Thread other = owner.get();
            throw new IllegalStateException(
                    "thread \"" + caller.getName() + "\" called a driver that is owned by thread \""
                            + (other == null ? "?" : other.getName()) + "\": the owner must call handOver first");
        }
    }

    void handOver() {
        check();
        owner.set(null);
    }
}
