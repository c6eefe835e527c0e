package dev.gridmate;

import dev.gridmate.internal.ErrorLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Carries events of one type to the handlers connected to it, synchronously and in the order in
 * which they connected.
 *
 * <p>Handlers may do anything from inside an event. A handler connected during an event first hears
 * the next one; a handler disconnected during an event hears nothing more of it. A handler that
 * throws does not keep the event from the others: the exception goes to the {@link
 * HandlerErrorListener} of the {@link GridMate}.
 *
 * <p>Any thread may connect and disconnect handlers. An event runs on the thread that dispatches
 * it, which for a driver's events is the thread that called the driver.
 *
 * @param <T> the handler interface
 */
public final class EventBus<T> {

    private final Class<T> type;
    private final HandlerErrorListener errors;
    // Copied on write, so that a dispatch walks a list that nobody changes and needs no lock.
    private volatile List<Connected<T>> handlers = List.of();

    EventBus(Class<T> type, HandlerErrorListener errors) {
        this.type = type;
        this.errors = errors;
    }

    /**
     * Connects a handler, behind those already connected.
     *
     * @param handler hears each event from the next one on
     * @return the handler's place; close it to disconnect the handler
     * @throws IllegalArgumentException if this very handler is connected already
     */
    @SuppressWarnings("ReferenceEquality") // two handlers may well be equal, and still be two
    public Subscription connect(T handler) {
        Objects.requireNonNull(handler, "handler");
        Connected<T> added = new Connected<>(handler);
        synchronized (this) {
            List<Connected<T>> copy = new ArrayList<>(handlers);
            for (Connected<T> other : copy) {
                if (other.handler == handler) {
                    throw new IllegalArgumentException("handler " + handler + " is already connected to the bus of "
                            + type.getSimpleName() + ": close its subscription first");
                }
            }
            copy.add(added);
            handlers = copy;
        }
        return () -> disconnect(added);
    }

    /**
     * Calls every connected handler.
     *
     * @param event what to call on each
     */
    public void dispatch(Consumer<? super T> event) {
        for (Connected<T> each : handlers) {
            if (each.connected) {
                try {
                    event.accept(each.handler);
                } catch (Throwable error) { // an AssertionError in one handler must not starve the others
                    ErrorLog.throwIfFatal(error);
                    errors.onHandlerError(each.handler, error);
                }
            }
        }
    }

    /**
     * Returns how many handlers are connected.
     *
     * @return the number of handlers, 0 or more
     */
    public int handlerCount() {
        return handlers.size();
    }

    private synchronized void disconnect(Connected<T> gone) {
        gone.connected = false;
        List<Connected<T>> copy = new ArrayList<>(handlers);
        copy.remove(gone);
        handlers = copy;
    }

    private static final class Connected<T> {
        final T handler;
        volatile boolean connected = true;

        Connected(T handler) {
            this.handler = handler;
        }
    }
}
