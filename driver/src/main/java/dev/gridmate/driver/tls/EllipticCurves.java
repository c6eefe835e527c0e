package dev.gridmate.driver.tls;

import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;

/**
 * Elliptic curves are a module of their own up to JDK 21, which an image made by jlink may lack.
 */
final class EllipticCurves {

    static final String MISSING =
            "it has no elliptic curves, since its module jdk.crypto.ec is missing (jlink --add-modules jdk.crypto.ec)";

    private EllipticCurves() {}

    static boolean areMissing() {
        try {
            return KeyFactory.getInstance("EC").getProvider() == null;
        } catch (NoSuchAlgorithmException e) {
            return true;
        }
    }
}
