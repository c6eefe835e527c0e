package dev.gridmate;

/** A handler's place on an {@link EventBus}; closing it takes the handler off. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

    /**
     * Takes the handler off the bus. Takes effect at once, also in the middle of an event: a
     * handler that is taken off before its turn is not called. Closing twice does nothing.
     */
    @Override
    void close();
}
