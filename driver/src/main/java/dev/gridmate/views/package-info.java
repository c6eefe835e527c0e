/**
 * Hidden: how those outside come to see a driver or a carrier while it runs. Figures that the loop
 * keeps for them, pictures that they ask for, and the ways on which these leave.
 *
 * <p>Nothing here knows a driver or a carrier. What the loop's thread calls is cheap, and never
 * waits for those who look.
 */
@NullMarked
package dev.gridmate.views;

import org.jspecify.annotations.NullMarked;
