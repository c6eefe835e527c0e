/** Finds comments and pages that are not in house style. Start at {@code Style}. */
package dev.gridmate.testkit.style;
