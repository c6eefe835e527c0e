package dev.gridmate.driver.transport;

/**
 * What {@link Transport#poll} calls for an endpoint or a listener that may have something to do.
 */
@FunctionalInterface
public interface Ready {

    /**
     * Does what there is to do. It may use and close any endpoint.
     *
     * @return the work done; 0 if there was nothing to do
     */
    int onReady();
}
