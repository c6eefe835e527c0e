package dev.gridmate.views;

import dev.gridmate.internal.Counters;
import dev.gridmate.internal.IpText;
import dev.gridmate.snapshot.Snapshot;
import dev.gridmate.snapshot.SnapshotRequest;
import dev.gridmate.snapshot.SnapshotSource;
import dev.gridmate.snapshot.Source;
import dev.gridmate.snapshot.Visibility;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What those outside can see of one driver or carrier: its name, what is measured of its loop, how
 * connections ended, and the desk where pictures are asked for.
 *
 * @param <S> its pictures
 * @param <C> the kinds of reasons for which its connections end
 */
public final class Exhibit<S extends Snapshot, C extends Enum<C>> {

    /** Kinds of things; names are unique within one. */
    public enum Kind {
        /** A driver. */
        DRIVER,
        /** A carrier. */
        CARRIER
    }

    private final Kind kind;
    private final String type;
    private final SnapshotDesk<SnapshotRequest, S> desk;
    private final EndLog<C> ends;
    private final Notices notices;
    private volatile String name;
    private volatile @Nullable LoopMeter meter;
    private Function<SnapshotRequest, S> painter;
    private final Visibility visibility;
    private long openedAt;
    private Runnable statistics = () -> {};
    private @Nullable Runnable unregister;
    private boolean isClosed;

    /**
     * @param kind within which the name is unique
     * @param type the class, in one word
     * @param defaultName the name of one that was given none
     * @param codes the kinds of reasons
     */
    public Exhibit(Kind kind, String type, String defaultName, Class<C> codes, Visibility visibility) {
        this.kind = kind;
        this.type = type;
        this.visibility = visibility;
        ends = new EndLog<>(codes);
        notices = new Notices(this::name, visibility.isLogged());
        name = visibility.name().isEmpty() ? defaultName : visibility.name();
        String obstacle = "the " + type + " is not initialized";
        desk = new SnapshotDesk<>(obstacle);
        painter = request -> {
            throw new IllegalStateException(obstacle);
        };
    }

    /** {@return the name} For any thread. */
    public String name() {
        return name;
    }

    /**
     * It can be seen from now on.
     *
     * @param source whose exhibit it is, initialized, or nearly so
     * @param pictures what its pictures are
     * @param painter takes a picture, on the loop's thread
     * @param meter what measures its loop
     * @param counters what it counts
     * @param clock the loop's clock, in nanoseconds
     */
    public void open(
            SnapshotSource<S> source,
            Class<? extends Record> pictures,
            Function<SnapshotRequest, S> painter,
            LoopMeter meter,
            Counters<?> counters,
            LongSupplier clock) {
        name = Names.take(kind.name(), name);
        openedAt = clock.getAsLong();
        notices.begin(clock);
        this.meter = meter;
        this.painter = painter;
        desk.open();
        statistics = new Statistics(name, type, counters, new WeakReference<>(source));
        Notices.RECORDER.begin(statistics);
        unregister = visibility.isManaged() ? Management.register(source, type, pictures) : null;
    }

    /** It is gone, and the last who asked get a last picture. Said again, it does nothing. */
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        meter = null; // it need not update any more
        Notices.RECORDER.end(statistics);
        try {
            desk.close("the " + type + " is closed", painter);
            Runnable registered = unregister;
            if (registered != null) {
                registered.run();
            }
        } finally {
            Names.giveBack(kind.name(), name);
        }
    }

    /** Tells the recorder how one is; does not keep it alive, if nobody closed it. */
    private record Statistics(
            String name, String type, Counters<?> counters, WeakReference<? extends SnapshotSource<?>> source)
            implements Runnable {

        @Override
        public void run() {
            SnapshotSource<?> present = source.get();
            if (present == null) {
                Notices.RECORDER.end(this);
            } else {
                Notices.RECORDER.statistics(
                        name, type, counters.all(), present.sinceUpdate().toNanos());
            }
        }
    }

    /** {@return where it says what happens} */
    public Notices notices() {
        return notices;
    }

    /** {@return the ends of connections} */
    public EndLog<C> ends() {
        return ends;
    }

    /** Asks for a picture. For any thread. */
    public CompletableFuture<S> ask(SnapshotRequest request) {
        return desk.ask(request);
    }

    /** Takes the pictures that were asked for, if there are any. */
    public void serve() {
        if (desk.isAsked()) {
            desk.serve(painter);
        }
    }

    /**
     * {@return when the last update began, on the loop's clock; null before it was opened} For any
     * thread.
     */
    public @Nullable Long lastUpdate() {
        LoopMeter present = meter;
        return present == null ? null : present.lastUpdate();
    }

    /** {@return whose picture it is} */
    public Source source(@Nullable InetSocketAddress local, boolean isListening, Instant time, long now) {
        return new Source(name, type, local == null ? "" : IpText.of(local), isListening, time, now - openedAt);
    }
}
