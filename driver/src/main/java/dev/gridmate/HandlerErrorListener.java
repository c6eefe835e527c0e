package dev.gridmate;

/** Hears of exceptions that event handlers let out. */
@FunctionalInterface
public interface HandlerErrorListener {

    /**
     * Called on the dispatching thread after a handler threw. The other handlers are still called,
     * whatever this does.
     *
     * @param handler the handler that threw
     * @param error what it threw
     */
    void onHandlerError(Object handler, Throwable error);
}
