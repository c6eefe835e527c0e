/**
 * Tests of programs on a {@link dev.gridmate.driver.sim.SimulatedNetwork}. Start at {@link
 * dev.gridmate.junit.SimulatedTest}.
 */
@org.jspecify.annotations.NullMarked
package dev.gridmate.junit;
