package dev.gridmate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.gridmate.testkit.Rules;
import java.nio.channels.Channel;
import java.nio.channels.Selector;

@AnalyzeClasses(
        packages = "dev.gridmate",
        importOptions = {ImportOption.DoNotIncludeTests.class, Rules.WithoutTestkit.class})
class ArchitectureTest {

    @ArchTest
    static final ArchRule theCoreKnowsNoSocketThreadOrClock =
            Rules.knowsNoSocketThreadOrClock("dev.gridmate.driver.stream");

    @ArchTest
    static final ArchRule socketsAndTheSystemClockAreUsedInTheShellOnly = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gridmate.driver.transport")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Channel.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Selector.class)
            .orShould()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule theShellKnowsNothingOfTheCore = noClasses()
            .that()
            .resideInAnyPackage("dev.gridmate.driver.transport", "dev.gridmate.driver.sim")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.gridmate.driver.stream");

    @ArchTest
    static final ArchRule theDriverKnowsNothingOfTls = noClasses()
            .that()
            .resideInAPackage("dev.gridmate.driver.stream")
            .or()
            .haveNameMatching("dev\\.gridmate\\.driver\\.(Acceptor|ConnectionTable|StreamLoop|Announcer)")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.net.ssl..", "dev.gridmate.driver.tls")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(".*\\.(TlsConfig|TlsProfile|Security)");

    @ArchTest
    static final ArchRule theShelfKnowsNothingButTheJdk = classes()
            .that()
            .resideInAPackage("dev.gridmate.internal")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "dev.gridmate.internal", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule nothingIsNeededButTheJdk = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.net.ssl",
                    "javax.security.auth..",
                    "javax.management..",
                    "jdk.jfr..",
                    "dev.gridmate..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule onlyTheViewsKnowModulesThatMayBeMissing = noClasses()
            .that()
            .resideOutsideOfPackage("dev.gridmate.views")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.management..", "java.lang.management..", "jdk.jfr..");

    @ArchTest
    static final ArchRule theViewsKnowNoDriver = classes()
            .that()
            .resideInAnyPackage("dev.gridmate.views", "dev.gridmate.snapshot")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "javax.management..",
                    "jdk.jfr..",
                    "dev.gridmate.views",
                    "dev.gridmate.snapshot",
                    "dev.gridmate.internal",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule noHiddenTypeIsInTheApi =
            Rules.noHiddenTypeIsInTheApi("dev.gridmate.driver.stream", "dev.gridmate.internal", "dev.gridmate.views");

    @ArchTest
    static final ArchRule onlyTheJournalWritesToTheLog = Rules.writesNoLogBut("dev.gridmate.internal.Journal");
}
