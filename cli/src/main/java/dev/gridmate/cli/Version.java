package dev.gridmate.cli;

import picocli.CommandLine.IVersionProvider;

/**
 * Reads the version from the manifest of the jar; there is none when the classes were not packed.
 */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "gridmate " + (version == null ? "(not packed)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
