/** The carrier: connections over a driver, and on each of them messages on channels. */
@NullMarked
package dev.gridmate.carrier;

import org.jspecify.annotations.NullMarked;
