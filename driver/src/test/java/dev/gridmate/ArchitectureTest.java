package dev.gridmate;

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
import java.nio.channels.Channel;
import java.nio.channels.Selector;
import java.util.Set;

@AnalyzeClasses(packages = "dev.gridmate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final Set<String> HIDDEN = Set.of("dev.gridmate.driver.stream", "dev.gridmate.internal");

    @ArchTest
    static final ArchRule theCoreKnowsNoSocketThreadOrClock = noClasses()
            .that()
            .resideInAPackage("dev.gridmate.driver.stream")
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
                    "java..", "javax.net.ssl", "javax.security.auth..", "dev.gridmate..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule noHiddenTypeIsInTheApi = methods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackages("dev.gridmate.driver.stream", "dev.gridmate.internal")
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should(new ArchCondition<>("mention exported types only") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    method.getAllInvolvedRawTypes().stream()
                            .filter(type -> HIDDEN.contains(type.getPackageName()))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    method, method.getFullName() + " mentions " + type.getName())));
                }
            });
}
