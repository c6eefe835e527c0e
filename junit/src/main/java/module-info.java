/**
 * Tests of programs on a simulated network, for JUnit.
 *
 * <p>Start at {@link dev.gridmate.junit.SimulatedTest}.
 */
module dev.gridmate.junit {
    requires transitive dev.gridmate.driver;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.gridmate.junit;
}
