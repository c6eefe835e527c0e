/**
 * What the tests of all modules share: seeds that can be replayed, counted allocations, pages whose
 * programs compile and run, rules of architecture, and logs that are expected. It knows none of the
 * modules, so all of them can use it.
 */
package dev.gridmate.testkit;
