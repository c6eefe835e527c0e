/** The gridmate program: a class for each command, and what they share. */
@NullMarked
package dev.gridmate.cli;

import org.jspecify.annotations.NullMarked;
