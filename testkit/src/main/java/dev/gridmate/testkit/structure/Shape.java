package dev.gridmate.testkit.structure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What one module measures, with the names behind the numbers.
 *
 * @param files the lines of each file
 * @param methods the lines of each method and constructor, annotations included
 * @param fields the instance fields of each class, the components of each record
 * @param parameters the parameters of each method
 * @param constructors the parameters of each constructor that is not a record's own
 * @param records the components of each record
 * @param circles files that each lead to each other
 * @param unused methods that are private or package-private, and that no code but tests uses
 */
public record Shape(
        List<Sized> files,
        List<Sized> methods,
        List<Sized> fields,
        List<Sized> parameters,
        List<Sized> constructors,
        List<Sized> records,
        List<Set<String>> circles,
        List<String> unused) {

    /** {@return the number of each measure, by the names of the file of limits} */
    Map<String, Integer> numbers() {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (Measure measure : Measure.values()) {
            numbers.put(measure.key(), value(measure));
        }
        return numbers;
    }

    /** {@return the number that a limit is set on} */
    public int value(Measure measure) {
        return switch (measure) {
            case FILE_MEDIAN -> Sized.percentile(files, 50);
            case FILE_90 -> Sized.percentile(files, 90);
            case FILE_LONGEST -> Sized.percentile(files, 100);
            case METHOD_MEDIAN -> Sized.percentile(methods, 50);
            case METHOD_99 -> Sized.percentile(methods, 99);
            case METHOD_LONGEST -> Sized.percentile(methods, 100);
            case FIELDS -> Sized.percentile(fields, 100);
            case PARAMETERS -> Sized.percentile(parameters, 100);
            case CONSTRUCTOR -> Sized.percentile(constructors, 100);
            case RECORD -> Sized.percentile(records, 100);
            case CIRCLE -> countedCircles().mapToInt(Set::size).max().orElse(0);
            case CIRCLES -> (int) countedCircles().count();
            case UNUSED -> unused.size();
        };
    }

    /**
     * A simulated world is made of parts that know each other: a circle that lies in it alone is
     * accepted.
     */
    private Stream<Set<String>> countedCircles() {
        return circles.stream().filter(circle -> !circle.stream().allMatch(file -> file.contains(".sim.")));
    }
}
