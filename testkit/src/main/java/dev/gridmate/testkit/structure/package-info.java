/** Measures the shape of source code and holds it against limits. Start at {@code Structure}. */
package dev.gridmate.testkit.structure;
