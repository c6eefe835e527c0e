package dev.gridmate.carrier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

@AnalyzeClasses(packages = "dev.gridmate.carrier", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** Everything but the carrier itself. */
    private static final String CORE = "dev.gridmate.carrier.(*)..";

    private static final String[] HIDDEN = {"dev.gridmate.carrier.link", "dev.gridmate.carrier.wire"};
    private static final String[] WINGS = {
        "dev.gridmate.carrier.badnet", "dev.gridmate.carrier.compress", "dev.gridmate.carrier.traffic"
    };

    @ArchTest
    static final ArchRule theCoreKnowsNoSocketThreadOrClock = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class)
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.time.Clock");

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
    static final ArchRule noHiddenTypeIsInTheApi = methods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.gridmate.carrier")
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should(new ArchCondition<>("mention exported types only") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    method.getAllInvolvedRawTypes().stream()
                            .filter(type -> List.of(HIDDEN).contains(type.getPackageName()))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    method, method.getFullName() + " mentions " + type.getName())));
                }
            })
            .allowEmptyShould(true); // as long as the package has nothing public
}
