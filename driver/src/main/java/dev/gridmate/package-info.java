/** The instance that everything belongs to, and its event buses. */
@NullMarked
package dev.gridmate;

import org.jspecify.annotations.NullMarked;
