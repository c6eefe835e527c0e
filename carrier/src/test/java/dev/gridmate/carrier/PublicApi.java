package dev.gridmate.carrier;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The public types of some modules, in the packages that they export to everybody. A type is found
 * by its name without the package, so that a page need not know where it lives.
 */
final class PublicApi {

    private final List<Class<?>> types = new ArrayList<>();

    private PublicApi() {}

    /** The public types of the modules in which these types are. */
    static PublicApi of(Class<?>... oneOfEach) throws IOException, URISyntaxException, ClassNotFoundException {
        PublicApi api = new PublicApi();
        for (Class<?> type : oneOfEach) {
            Path place = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            for (ModuleReference module : ModuleFinder.of(place).findAll()) {
                api.add(module);
            }
        }
        return api;
    }

    private void add(ModuleReference module) throws IOException, ClassNotFoundException {
        List<String> packages = module.descriptor().exports().stream()
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .toList();
        try (ModuleReader reader = module.open();
                Stream<String> names = reader.list()) {
            for (String name :
                    names.filter(each -> each.endsWith(".class")).sorted().toList()) {
                String type = name.substring(0, name.length() - ".class".length())
                        .replace('/', '.')
                        .replace('\\', '.');
                int dot = type.lastIndexOf('.');
                if (dot > 0 && packages.contains(type.substring(0, dot)) && !type.endsWith("package-info")) {
                    addIfPublic(Class.forName(type, false, PublicApi.class.getClassLoader()));
                }
            }
        }
    }

    private void addIfPublic(Class<?> type) {
        if (Modifier.isPublic(type.getModifiers())
                && (!type.isMemberClass()
                        || Modifier.isPublic(type.getDeclaringClass().getModifiers()))) {
            types.add(type);
        }
    }

    /**
     * {@return true if there is such a type: {@code Type}, {@code Type.Nested} or {@code new Type}}
     */
    boolean hasType(String name) {
        return !find(name.startsWith("new ") ? name.substring("new ".length()) : name)
                .isEmpty();
    }

    /**
     * Looks for a method or a constant, also in the types nested in its type: a setting may be in a
     * builder, a constant in an enumeration of codes.
     *
     * @param name {@code Type.member}, {@code java.some.Type.member}, or {@code member} of one of
     *     the types
     * @param owners the types of a name that has none
     * @return true if there is one
     */
    boolean has(String name, List<String> owners) {
        int dot = name.lastIndexOf('.');
        String member = name.substring(dot + 1);
        List<String> in = dot < 0 ? owners : List.of(name.substring(0, dot));
        return in.stream()
                .flatMap(owner -> find(owner).stream())
                .flatMap(type -> Stream.concat(Stream.of(type), Arrays.stream(type.getClasses())))
                .flatMap(type ->
                        Stream.<Member>concat(Arrays.stream(type.getMethods()), Arrays.stream(type.getFields())))
                .anyMatch(each -> each.getName().equals(member));
    }

    private List<Class<?>> find(String name) {
        if (name.startsWith("java.")) {
            try {
                return List.of(Class.forName(name));
            } catch (ClassNotFoundException unknown) {
                return List.of();
            }
        }
        String nested = name.replace('.', '$');
        return types.stream()
                .filter(type -> type.getName().endsWith("." + nested))
                .toList();
    }
}
