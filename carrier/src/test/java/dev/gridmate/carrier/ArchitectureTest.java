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

@AnalyzeClasses(packages = "dev.gridmate.carrier", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** What is not exported: the wire format, and what a connection does with it. */
    private static final String CORE = "dev.gridmate.carrier.(*)..";

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
                            .filter(type -> type.getPackageName().startsWith("dev.gridmate.carrier."))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    method, method.getFullName() + " mentions " + type.getName())));
                }
            })
            .allowEmptyShould(true); // as long as the package has nothing public
}
