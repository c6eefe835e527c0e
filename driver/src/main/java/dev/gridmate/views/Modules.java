package dev.gridmate.views;

/** Which modules the Java VM has, of those that may be missing. */
final class Modules {

    private Modules() {}

    /** {@return true if a class is there} It is not initialized. */
    static boolean isPresent(String type) {
        try {
            Class.forName(type, false, Modules.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
