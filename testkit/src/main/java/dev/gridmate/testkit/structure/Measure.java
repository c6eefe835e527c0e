package dev.gridmate.testkit.structure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What is counted, in the order of the table. Less is better, for each of them. */
public enum Measure {
    FILE_MEDIAN("file lines, median"),
    FILE_90("file lines, 90 %"),
    FILE_LONGEST("file lines, longest"),
    METHOD_MEDIAN("method lines, median"),
    METHOD_99("method lines, 99 %"),
    METHOD_LONGEST("method lines, longest"),
    FIELDS("fields of the fullest class"),
    PARAMETERS("parameters of the longest method's list"),
    CONSTRUCTOR("parameters of the longest constructor's list"),
    RECORD("components of the largest record"),
    CIRCLE("files of the largest circle, sim left out"),
    CIRCLES("circles of files, sim left out"),
    UNUSED("private and package-private methods without a user");

    private final String words;

    Measure(String words) {
        this.words = words;
    }

    /** {@return what is counted, for a person} */
    String words() {
        return words;
    }

    /** {@return the names of all measures in the file of limits} */
    static List<String> keys() {
        return Stream.of(values()).map(Measure::key).toList();
    }

    /** {@return the name of the measure in the file of limits} */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
