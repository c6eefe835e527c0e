/** The drivers: what a program imports to send and receive packets. */
@NullMarked
package dev.gridmate.driver;

import org.jspecify.annotations.NullMarked;
