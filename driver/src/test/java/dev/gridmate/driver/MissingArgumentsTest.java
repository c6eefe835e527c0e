package dev.gridmate.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.GridMate;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One rule for null: a setter takes it as "none", or says which argument is missing. */
class MissingArgumentsTest {

    private static Object builder(Class<?> config) throws ReflectiveOperationException {
        return config.getMethod("builder").invoke(null);
    }

    @ParameterizedTest
    @ValueSource(classes = {StreamSocketDriverConfig.class, SocketDriverConfig.class, TlsConfig.class})
    void eachSetterTakesNullOrNamesWhatIsMissing(Class<?> config) throws ReflectiveOperationException {
        Object builder = builder(config);
        for (Method each : builder.getClass().getMethods()) {
            boolean isSetter = each.getDeclaringClass() == builder.getClass()
                    && !Modifier.isStatic(each.getModifiers())
                    && each.getParameterCount() == 1
                    && !each.getParameterTypes()[0].isPrimitive();
            if (isSetter) {
                assertNamed(each, builder);
            }
        }
    }

    private static void assertNamed(Method method, Object target) throws IllegalAccessException {
        try {
            method.invoke(target, new Object[method.getParameterCount()]);
        } catch (InvocationTargetException e) {
            assertThat(e.getCause()).as("%s", method).isInstanceOf(NullPointerException.class);
            assertThat(e.getCause().getMessage()).as("%s", method).matches("[a-zA-Z]+");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDriverNamesWhatIsMissing(boolean isStream) throws IllegalAccessException {
        try (GridMate gridMate = new GridMate()) {
            Driver driver = isStream
                    ? new StreamSocketDriver(
                            gridMate, StreamSocketDriverConfig.builder().build())
                    : new SocketDriver(gridMate);
            Loopback.ok(driver.initialize(AddressFamily.IPV4));
            for (String name : new String[] {"send", "waitForData"}) {
                for (Method each : Driver.class.getMethods()) {
                    if (each.getName().equals(name)
                            && Arrays.stream(each.getParameterTypes()).noneMatch(Class::isPrimitive)) {
                        assertNamed(each, driver);
                    }
                }
            }
            assertThat(driver.waitForData(Duration.ZERO)).isFalse();
        }
    }
}
