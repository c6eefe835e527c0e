package dev.gridmate.carrier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.gridmate.testkit.Rules;

@AnalyzeClasses(packages = "dev.gridmate.carrier", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** What is not exported: the wire format, and what a connection does with it. */
    private static final String CORE = "dev.gridmate.carrier.(*)..";

    @ArchTest
    static final ArchRule theCoreKnowsNoSocketThreadOrClock = Rules.knowsNoSocketThreadOrClock(CORE);

    @ArchTest
    static final ArchRule theWireFormatStandsOnItsOwn = classes()
            .that()
            .resideInAPackage("dev.gridmate.carrier.wire")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java.lang..", "java.nio", "java.util", "dev.gridmate.carrier.wire", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule nothingIsNeededButTheJdkAndTheDriver = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "dev.gridmate..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule noHiddenTypeIsInTheApi = Rules.noHiddenTypeIsInTheApi(CORE);
}
