package dev.gridmate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of documentation, with the programs in it. */
public final class Page {

    /** The root of the repository, seen from a module, where Maven runs the tests. */
    public static final Path ROOT = Path.of("..");

    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVADOC = Pattern.compile("<pre>\\{@code\n(.*?)\\}</pre>", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("^(?:public )?(?:final )?class (\\w+)", Pattern.MULTILINE);

    private final String text;

    private Page(String text) {
        this.text = text;
    }

    /**
     * Reads a page.
     *
     * @param path from the root of the repository, such as {@code docs/carrier.md}
     */
    public static Page of(String path) {
        return new Page(read(ROOT.resolve(path)));
    }

    /** The page of a package of the module whose tests run: its {@code package-info.java}. */
    public static Page ofPackage(String name) {
        return new Page(read(Path.of("src", "main", "java", name.replace('.', '/'), "package-info.java")));
    }

    /** {@return the first example of a Javadoc comment, without the stars before its lines} */
    public String javadocExample() {
        Matcher example = JAVADOC.matcher(text);
        if (!example.find()) {
            throw new AssertionError("there is no example in\n" + text);
        }
        return example.group(1).replaceAll("(?m)^ \\* ?", "");
    }

    /** {@return the whole page} */
    public String text() {
        return text;
    }

    /** {@return the Java of the page, block by block} */
    public List<String> javaBlocks() {
        List<String> blocks = new ArrayList<>();
        Matcher block = JAVA.matcher(text);
        while (block.find()) {
            blocks.add(block.group(1));
        }
        return blocks;
    }

    /** {@return the block that holds a class of this name} */
    public String program(String name) {
        return javaBlocks().stream()
                .filter(block -> name.equals(programName(block)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the page has no program " + name));
    }

    /**
     * {@return the name of the class that a block holds; empty if it is a part of a program only}
     */
    public static String programName(String block) {
        Matcher program = CLASS.matcher(block);
        return program.find() ? program.group(1) : "";
    }

    /** {@return the text of all test sources of the module whose tests run} */
    public static String testSources() {
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            StringBuilder all = new StringBuilder();
            files.filter(path -> path.toString().endsWith(".java")).forEach(path -> all.append(read(path)));
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
