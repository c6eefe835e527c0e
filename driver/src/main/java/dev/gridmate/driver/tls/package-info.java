/**
 * TLS, as a decorator of the transport seam: the driver's core does not know of it.
 *
 * <p>Hidden. Programs say what they want in {@link dev.gridmate.driver.TlsConfig}.
 */
@NullMarked
package dev.gridmate.driver.tls;

import org.jspecify.annotations.NullMarked;
