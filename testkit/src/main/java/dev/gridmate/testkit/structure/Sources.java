package dev.gridmate.testkit.structure;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Reads modules with the JDK's own compiler, which resolves each name as the build does. */
final class Sources {

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    private final List<JavaFileObject> units = new ArrayList<>();
    private final Map<URI, String> moduleOf = new HashMap<>();
    private final StringBuilder errors = new StringBuilder();

    private Sources() {}

    /**
     * {@return the source files below a folder, without those that describe a module or a package}
     */
    static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith("module-info.java") && !path.endsWith("package-info.java"))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Measures modules that are compiled together.
     *
     * @param modules the source files of each module
     * @return what each module measures, in the same order
     * @throws IllegalArgumentException if the sources do not compile: a name that does not resolve
     *     would not be counted
     */
    static Map<String, Shape> measure(Map<String, List<Path>> modules) throws IOException {
        return new Sources().read(modules);
    }

    private Map<String, Shape> read(Map<String, List<Path>> modules) throws IOException {
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            modules.forEach((module, paths) -> files.getJavaFileObjectsFromPaths(paths)
                    .forEach(unit -> {
                        units.add(unit);
                        moduleOf.put(unit.toUri(), module);
                    }));
            units.add(annotation("Nullable", "TYPE_USE"));
            units.add(annotation("NullMarked", "PACKAGE"));
            // A class path without classes: what the build finds there is the annotations alone.
            List<String> options = List.of("-proc:none", "-Xlint:none", "--class-path", File.pathSeparator);
            JavacTask task = (JavacTask) compiler.getTask(null, files, this::onProblem, options, null, units);
            return read(task, modules.keySet());
        }
    }

    private Map<String, Shape> read(JavacTask task, Set<String> modules) throws IOException {
        Trees trees = Trees.instance(task);
        Map<String, Sizes> sizes = new LinkedHashMap<>();
        modules.forEach(module -> sizes.put(module, new Sizes(trees.getSourcePositions())));
        List<CompilationUnitTree> ours = new ArrayList<>();
        for (CompilationUnitTree file : task.parse()) {
            String module = moduleOf.get(file.getSourceFile().toUri());
            if (module != null) {
                ours.add(file);
                sizes.get(module).count(file); // before the compiler adds members of its own
            }
        }
        task.analyze();
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException("The sources do not compile:\n" + errors);
        }
        References references = new References(trees);
        ours.forEach(references::resolve);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        sizes.forEach((module, size) -> shapes.put(module, shape(size, references)));
        return shapes;
    }

    private static Shape shape(Sizes sizes, References references) {
        Map<String, Set<String>> graph = new TreeMap<>();
        sizes.files.forEach(file -> graph.put(file.name(), references.graph.get(file.name())));
        List<String> unused = references.hiddenMethods.entrySet().stream()
                .filter(method -> !references.used.contains(method.getKey()))
                .map(Map.Entry::getValue)
                .filter(method -> graph.containsKey(method.substring(0, method.lastIndexOf('.'))))
                .toList();
        return new Shape(
                sizes.files,
                sizes.methods,
                sizes.fields,
                sizes.parameters,
                sizes.constructors,
                sizes.records,
                Circles.of(graph),
                unused);
    }

    private void onProblem(Diagnostic<? extends JavaFileObject> problem) {
        if (problem.getKind() == Diagnostic.Kind.ERROR) {
            errors.append(problem).append('\n');
        }
    }

    /** An annotation of JSpecify, which the sources use and which is not worth a download here. */
    private static JavaFileObject annotation(String name, String target) {
        String text = "package org.jspecify.annotations; @java.lang.annotation.Target("
                + "java.lang.annotation.ElementType." + target + ") public @interface " + name + " {}";
        URI place = URI.create("string:///org/jspecify/annotations/" + name + ".java");
        return new SimpleJavaFileObject(place, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
