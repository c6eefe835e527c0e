/**
 * Tests of programs on a {@link dev.gridmate.driver.sim.SimulatedNetwork}, for JUnit.
 *
 * <p><b>Start here:</b> {@link dev.gridmate.junit.SimulatedTest}.
 */
@NullMarked
package dev.gridmate.junit;

import org.jspecify.annotations.NullMarked;
