package dev.gridmate.junit;

import java.lang.reflect.Method;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Makes one run of a {@link SimulatedTest} for each seed. */
final class SimulatedTestExtension implements TestTemplateInvocationContextProvider {

    private static final String SEED = "gridmate.seed";
    private static final String SEEDS = "gridmate.seeds";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(SimulatedTest.class)
                || isMetaPresent(context.getRequiredTestMethod());
    }

    private static boolean isMetaPresent(Method method) {
        return Stream.of(method.getAnnotations())
                .anyMatch(each -> each.annotationType().isAnnotationPresent(SimulatedTest.class));
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        String one = System.getProperty(SEED);
        if (one != null) {
            return Stream.of(new SimulatedRun(method, number(SEED, one, Long.MIN_VALUE), true));
        }
        String many = System.getProperty(SEEDS);
        long seeds = many == null ? seedsOf(method) : number(SEEDS, many, 1);
        if (seeds < 1) {
            throw new IllegalArgumentException("seeds is " + seeds + ", it must be at least 1");
        }
        return LongStream.rangeClosed(1, seeds).mapToObj(seed -> new SimulatedRun(method, seed, false));
    }

    private static long seedsOf(Method method) {
        SimulatedTest direct = method.getAnnotation(SimulatedTest.class);
        return direct != null
                ? direct.seeds()
                : Stream.of(method.getAnnotations())
                        .map(each -> each.annotationType().getAnnotation(SimulatedTest.class))
                        .filter(each -> each != null)
                        .mapToLong(SimulatedTest::seeds)
                        .findFirst()
                        .orElseThrow();
    }

    private static long number(String property, String text, long least) {
        try {
            long number = Long.parseLong(text);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, with the name of the property
        }
        throw new IllegalArgumentException("the system property " + property + " is \"" + text
                + "\", it must be a number" + (least == Long.MIN_VALUE ? "" : ", at least " + least));
    }
}
