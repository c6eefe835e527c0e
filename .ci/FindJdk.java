import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Prints the folder of a JDK of a version, or nothing if there is none: {@code java .ci/FindJdk.java 25}. Looks where the
 * variables JAVA_HOME_25, JAVA_HOME_25_X64, JAVA_HOME_25_ARM64 and JAVA_HOME say, then in the usual folders. With a
 * second argument it looks in that folder first: {@code java .ci/FindJdk.java 25 /opt/jdk}.
 *
 * <p>The build, CI and the benchmark find the JDKs with it, so that all of them find the same.
 */
final class FindJdk {

    /** The usual folders. A star stands for any name. */
    private static final List<String> FOLDERS = List.of(
            "/usr/lib/jvm/*",
            "/usr/java/*",
            "/opt/*",
            "/opt/*/*",
            "${user.home}/.sdkman/candidates/java/*",
            "${user.home}/.jdks/*",
            "/Library/Java/JavaVirtualMachines/*/Contents/Home",
            "${ProgramFiles}/Java/*",
            "${ProgramFiles}/Eclipse Adoptium/*");

    private FindJdk() {}

    public static void main(String[] arguments) {
        String version = arguments[0];
        List<Path> homes = new ArrayList<>();
        if (arguments.length > 1) {
            homes.add(Path.of(arguments[1]));
        }
        for (String name : List.of("_" + version, "_" + version + "_X64", "_" + version + "_ARM64", "")) {
            String home = System.getenv("JAVA_HOME" + name);
            if (home != null && !home.isEmpty()) {
                homes.add(Path.of(home));
            }
        }
        String programs = System.getenv().getOrDefault("ProgramFiles", "/nowhere");
        for (String folder : FOLDERS) {
            String path = folder.replace("${user.home}", System.getProperty("user.home"))
                    .replace("${ProgramFiles}", programs);
            homes.addAll(matching(path));
        }
        homes.stream().filter(home -> isJdk(home, version)).findFirst().ifPresent(System.out::println);
    }

    /** {@return the folders that a path with stars stands for, in the order of their names} */
    private static List<Path> matching(String path) {
        int star = path.indexOf('*');
        if (star < 0) {
            return List.of(Path.of(path));
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(path.substring(0, star)))) {
            folders.forEach(folder -> found.addAll(matching(folder + path.substring(star + 1))));
        } catch (IOException e) {
            return List.of(); // it is not there, or not ours to read
        }
        found.sort(null);
        return found;
    }

    private static boolean isJdk(Path home, String version) {
        boolean compiles = Files.isExecutable(home.resolve("bin/javac")) || Files.isExecutable(home.resolve("bin/javac.exe"));
        try {
            Pattern line = Pattern.compile("(?m)^JAVA_VERSION=\"" + Pattern.quote(version) + "[.\"]");
            return compiles && line.matcher(Files.readString(home.resolve("release"))).find();
        } catch (IOException e) {
            return false; // it has no such file, so it is not a JDK
        }
    }
}
