/**
 * One program for each library that is compared, in each role: what {@code bench/PEERS.md} asks
 * for.
 */
@NullMarked
package dev.gridmate.bench.peer;

import org.jspecify.annotations.NullMarked;
