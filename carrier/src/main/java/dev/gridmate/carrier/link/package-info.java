/** The sans-IO core of a connection: numbers, acknowledgements, queues, reassembly. Hidden. */
@NullMarked
package dev.gridmate.carrier.link;

import org.jspecify.annotations.NullMarked;
