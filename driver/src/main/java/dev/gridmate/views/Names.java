package dev.gridmate.views;

import java.util.HashSet;
import java.util.Set;

/** The names that are taken in this process, so that no two things of a kind have the same. */
final class Names {

    private static final Set<String> TAKEN = new HashSet<>();

    private Names() {}

    /** {@return the name, with a number behind it if another one of the kind has it} */
    static String take(String kind, String wanted) {
        synchronized (TAKEN) {
            String name = wanted;
            for (int i = 2; !TAKEN.add(key(kind, name)); i++) {
                name = wanted + '-' + i;
            }
            return name;
        }
    }

    static void giveBack(String kind, String name) {
        synchronized (TAKEN) {
            TAKEN.remove(key(kind, name));
        }
    }

    private static String key(String kind, String name) {
        return kind + '/' + name;
    }
}
