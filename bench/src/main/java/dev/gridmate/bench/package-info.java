/** This driver side by side with what people use. */
@NullMarked
package dev.gridmate.bench;

import org.jspecify.annotations.NullMarked;
