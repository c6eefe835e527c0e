package dev.gridmate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gridmate.testkit.Page;
import dev.gridmate.testkit.Programs;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each exported package says where to start, and its example compiles. */
@Timeout(120)
class PackageExamplesTest {

    private static final String IMPORTS = """
            import dev.gridmate.GridMate;
            import dev.gridmate.driver.*;
            import dev.gridmate.driver.sim.*;
            import dev.gridmate.driver.transport.*;
            import dev.gridmate.snapshot.*;
            import java.time.Duration;
            """;

    @TempDir
    private Path directory;

    @Test
    void theExampleOfEachExportedPackageCompiles() throws Exception {
        Programs programs = new Programs(directory, GridMate.class);
        for (String name : GridMate.class.getModule().getPackages()) {
            if (GridMate.class.getModule().isExported(name)) {
                Page page = Page.ofPackage(name);
                assertThat(page.text()).as(name).contains("<b>Start here:</b>");
                String type = "Example_" + name.replace('.', '_');
                programs.add(type, IMPORTS + "class " + type + " { void run() { " + page.javadocExample() + " } }");
            }
        }
        assertThat(programs.compile()).isZero();
    }
}
