package dev.gridmate.testkit.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small trees of which a person can count what the program counts. */
class SourcesTest {

    @TempDir
    private Path folder;

    @Test
    void linesFieldsAndParametersAreCountedAsTheyAreWritten() throws IOException {
        file("One.java", """
                package p;

                class One {
                    static final int CONSTANT = 1;
                    int a, b;

                    One(int a) {
                        this.a = a;
                    }

                    @Deprecated
                    int sum(int c, int d, int e) {
                        return a + b + c + d + e;
                    }
                }
                """);
        Shape shape = measure();
        assertThat(shape.files()).containsExactly(new Sized(15, "p.One"));
        assertThat(shape.methods()).containsExactly(new Sized(3, "p.One.<init>"), new Sized(4, "p.One.sum"));
        assertThat(shape.fields()).containsExactly(new Sized(2, "p.One"));
        assertThat(shape.parameters()).containsExactly(new Sized(3, "p.One.sum"));
        assertThat(shape.constructors()).containsExactly(new Sized(1, "p.One.<init>"));
    }

    @Test
    void aRecordsComponentsAreItsFieldsAndItsOwnConstructorIsNoListMore() throws IOException {
        file("R.java", """
                package p;
                record R(int a, int b, int c) {
                    static final int CONSTANT = 1;
                    R {}
                    R(int all) { this(all, all, all); }
                }
                """);
        Shape shape = measure();
        assertThat(shape.records()).containsExactly(new Sized(3, "p.R"));
        assertThat(shape.fields()).containsExactly(new Sized(3, "p.R"));
        assertThat(shape.constructors()).isEmpty();
    }

    @Test
    void theConstantsOfAnEnumOrAnInterfaceAreNotFields() throws IOException {
        file("E.java", "package p; enum E { A, B; int field; interface I { int X = 1; } }\n");
        assertThat(measure().fields()).containsExactlyInAnyOrder(new Sized(1, "p.E"), new Sized(0, "p.E.I"));
    }

    @Test
    void filesOfOnePackageThatNameEachOtherAreACircleWithoutAnImport() throws IOException {
        file("A.java", "package p; class A { B b; }\n");
        file("B.java", "package p; class B { void m() { C.run(); } }\n");
        file("C.java", "package p; class C { static void run() { new A(); } }\n");
        file("D.java", "package p; class D { A a; }\n");
        Shape shape = measure();
        assertThat(shape.circles()).containsExactly(Set.of("p.A", "p.B", "p.C"));
        assertThat(shape.value(Measure.CIRCLE)).isEqualTo(3);
        assertThat(shape.value(Measure.CIRCLES)).isEqualTo(1);
    }

    @Test
    void useOfATypeThatIsNotNamedIsAReference() throws IOException {
        file("A.java", "package p; class A { B b() { return new B(); } }\n");
        file("B.java", "package p; class B { C c() { return new C(); } }\n");
        file("C.java", "package p; class C { int n; static int of(A a) { return a.b().c().n; } }\n");
        assertThat(measure().circles()).containsExactly(Set.of("p.A", "p.B", "p.C"));
    }

    @Test
    void anImportALinkAndANestedTypeMakeNoCircle() throws IOException {
        file("A.java", "package p; import q.B; /** See {@link B}. */ class A { class Inner {} Inner inner; }\n");
        file("../q/B.java", "package q; public class B { /** {@link p.A} */ int n; }\n");
        assertThat(measure().circles()).isEmpty();
    }

    @Test
    void aCircleWithinASimulatedWorldIsShownAndNotCounted() throws IOException {
        file("sim/A.java", "package p.sim; class A { B b; }\n");
        file("sim/B.java", "package p.sim; class B { A a; }\n");
        Shape shape = measure();
        assertThat(shape.circles()).hasSize(1);
        assertThat(shape.value(Measure.CIRCLES)).isZero();
    }

    @Test
    void aHiddenMethodWithoutAUserIsFoundAndOneThatOverridesIsNot() throws IOException {
        file("A.java", """
                package p;
                public class A {
                    public void api() { used(); Runnable r = this::referred; }
                    private void used() {}
                    private void referred() {}
                    void lonely() {}
                    abstract static class B { abstract void template(); void run() { template(); } }
                    static class C extends B { @Override void template() { run(); } }
                }
                """);
        assertThat(measure().unused()).containsExactly("p.A.lonely");
    }

    @Test
    void sourcesThatDoNotCompileAreRefused() throws IOException {
        file("A.java", "package p; class A { Missing m; }\n");
        assertThatThrownBy(this::measure)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Missing");
    }

    @Test
    void nullnessAnnotationsNeedNoLibrary() throws IOException {
        file("A.java", "package p; import org.jspecify.annotations.Nullable; class A { @Nullable String s; }\n");
        file("package-info.java", "@org.jspecify.annotations.NullMarked package p;\n");
        assertThat(measure().files()).extracting(Sized::name).containsExactly("p.A");
    }

    private void file(String name, String text) throws IOException {
        Path file = folder.resolve("p").resolve(name).normalize();
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Shape measure() throws IOException {
        return Sources.measure(Map.of("module", Sources.below(folder))).get("module");
    }
}
