package dev.gridmate.carrier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.gridmate.testkit.Rules;

@AnalyzeClasses(packages = "dev.gridmate.carrier", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** Everything but the carrier itself. */
    private static final String CORE = "dev.gridmate.carrier.(*)..";

    private static final String[] HIDDEN = {"dev.gridmate.carrier.link", "dev.gridmate.carrier.wire"};
    private static final String[] WINGS = {
        "dev.gridmate.carrier.badnet", "dev.gridmate.carrier.compress", "dev.gridmate.carrier.traffic"
    };

    @ArchTest
    static final ArchRule theCoreKnowsNoSocketThreadOrClock = Rules.knowsNoSocketThreadOrClock(CORE);

    @ArchTest
    static final ArchRule theWingsKnowTheDriverAndNotTheCarrier = noClasses()
            .that()
            .resideInAnyPackage(WINGS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.gridmate.carrier", "dev.gridmate.carrier.link..", "dev.gridmate.carrier.wire..");

    @ArchTest
    static final ArchRule theWireFormatStandsOnItsOwn = classes()
            .that()
            .resideInAPackage("dev.gridmate.carrier.wire")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java.lang..",
                    "java.nio",
                    "java.nio.charset",
                    "java.util",
                    "dev.gridmate.carrier.wire",
                    "dev.gridmate.internal",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule nothingIsNeededButTheJdkAndTheDriver = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "dev.gridmate..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule noHiddenTypeIsInTheApi = Rules.noHiddenTypeIsInTheApi(HIDDEN);

    @ArchTest
    static final ArchRule onlyTheDriversJournalWritesToTheLog = Rules.writesNoLogBut("");
}
