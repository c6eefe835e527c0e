package dev.gridmate;

import dev.gridmate.internal.ErrorLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One instance of the library: the event buses, and the drivers that speak on them.
 *
 * <p>Instances share nothing, so that several servers, or a server and its clients, live in one
 * process without hearing each other. This counts for the original's {@code IGridMate}.
 *
 * <p>{@link #eventBus} may be called by any thread. {@link #close()} closes the drivers that are
 * still open and so must be called by the thread that owns them.
 */
public final class GridMate implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(GridMate.class.getName());

    private final HandlerErrorListener errors;
    private final Map<Class<?>, EventBus<?>> buses = new LinkedHashMap<>();
    private final Deque<AutoCloseable> attached = new ArrayDeque<>();
    private boolean closed;

    /** Makes an instance that logs what event handlers throw. */
    public GridMate() {
        this(new ErrorLog(LOGGER));
    }

    private GridMate(ErrorLog log) {
        this((handler, error) -> log.log("event handler " + handler.getClass().getName() + " threw", error));
    }

    /**
     * Makes an instance.
     *
     * @param errors hears what event handlers throw, on the thread that dispatched the event; what
     *     it throws itself is logged
     */
    public GridMate(HandlerErrorListener errors) {
        Objects.requireNonNull(errors, "errors");
        ErrorLog log = new ErrorLog(LOGGER);
        this.errors = (handler, error) -> {
            try {
                errors.onHandlerError(handler, error);
            } catch (Throwable again) {
                ErrorLog.throwIfFatal(again);
                log.log("the handler error listener threw", with(again, error));
            }
        };
    }

    @SuppressWarnings("ReferenceEquality") // nothing can be suppressed in itself
    private static Throwable with(Throwable thrown, Throwable suppressed) {
        if (thrown != suppressed) {
            thrown.addSuppressed(suppressed);
        }
        return thrown;
    }

    /**
     * Returns the bus for a type of events, the same object for the same type.
     *
     * @param <T> the handler interface
     * @param type the handler interface
     * @return the bus
     */
    public <T> EventBus<T> eventBus(Class<T> type) {
        Objects.requireNonNull(type, "type");
        synchronized (buses) {
            @SuppressWarnings("unchecked") // the map holds an EventBus<T> under every Class<T>
            EventBus<T> bus = (EventBus<T>) buses.computeIfAbsent(type, key -> new EventBus<>(type, errors));
            return bus;
        }
    }

    /**
     * Makes a resource belong to this instance: {@link #close()} closes it if it has not been
     * closed before. Drivers attach themselves.
     *
     * @param resource the resource
     * @return the way to detach it, when it was closed by itself
     * @throws IllegalStateException if this instance is closed
     */
    public Subscription attach(AutoCloseable resource) {
        Objects.requireNonNull(resource, "resource");
        synchronized (attached) {
            if (closed) {
                throw new IllegalStateException("this GridMate is closed: make a new one");
            }
            attached.push(resource);
        }
        return () -> detach(resource);
    }

    /**
     * Closes the drivers that are still open, the youngest first. The handlers hear of every
     * connection that this ends, and then nobody is left to tell them anything.
     *
     * @throws IllegalStateException if a driver is owned by another thread. The others are closed;
     *     that one stays open until a later call.
     */
    @Override
    public void close() {
        IllegalStateException failure = null;
        for (AutoCloseable resource : youngestFirst()) {
            try {
                resource.close();
                detach(resource);
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("could not close " + resource, e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private List<AutoCloseable> youngestFirst() {
        synchronized (attached) {
            closed = true;
            return List.copyOf(attached);
        }
    }

    private void detach(AutoCloseable resource) {
        synchronized (attached) {
            attached.remove(resource);
        }
    }
}
