package dev.gridmate.driver;

import java.util.List;

/** Which versions and cipher suites of TLS a driver speaks. */
public enum TlsProfile {
    /** TLS 1.3 and 1.2, with the cipher suites that the Java VM has enabled. */
    DEFAULT,

    /**
     * What the original speaks, and nothing else: TLS 1.2 with ECDHE-RSA-AES256-GCM-SHA384, so that
     * the server's key is an RSA key. For peers that are the original.
     */
    GRIDMATE_COMPATIBLE;

    /**
     * Returns the versions, by the JDK's names.
     *
     * @return one or more
     */
    public List<String> protocols() {
        return this == DEFAULT ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.2");
    }

    /**
     * Returns the cipher suites, by the JDK's names.
     *
     * @return the only ones; empty for those that the Java VM has enabled
     */
    public List<String> cipherSuites() {
        return this == DEFAULT ? List.of() : List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    }
}
