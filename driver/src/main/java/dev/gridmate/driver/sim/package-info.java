/**
 * A network inside the process, with seeded faults and a clock moved by hand, for tests of programs that use a driver.
 */
@NullMarked
package dev.gridmate.driver.sim;

import org.jspecify.annotations.NullMarked;
