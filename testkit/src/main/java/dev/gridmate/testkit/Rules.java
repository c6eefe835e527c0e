package dev.gridmate.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Rules of architecture that hold in more than one module. */
public final class Rules {

    /** Leaves this testkit out, which lies in a package below that of the modules. */
    public static final class WithoutTestkit implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/dev/gridmate/testkit/");
        }
    }

    private Rules() {}

    /**
     * The core is given the time and the bytes: it reads no clock, opens no socket and starts no
     * thread.
     */
    public static ArchRule knowsNoSocketThreadOrClock(String core) {
        return noClasses()
                .that()
                .resideInAPackage(core)
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
    }

    /**
     * What a user can call mentions only what a user can see.
     *
     * @param hidden the packages that the module does not export
     */
    public static ArchRule noHiddenTypeIsInTheApi(String... hidden) {
        DescribedPredicate<JavaClass> isHidden = JavaClass.Predicates.resideInAnyPackage(hidden);
        return methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(
                        DescribedPredicate.not(isHidden).and(DescribedPredicate.describe("public", Rules::isPublic)))
                .should(new ArchCondition<>("mention exported types only") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        method.getAllInvolvedRawTypes().stream()
                                .filter(isHidden)
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " mentions " + type.getName())));
                    }
                });
    }

    /**
     * A line in the log is written on another thread than the loop's, which must not wait for it.
     *
     * @param writer the class that may write; empty for none
     */
    public static ArchRule writesNoLogBut(String writer) {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName(writer)
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "it writes to the log",
                        call -> call.getTargetOwner().isEquivalentTo(System.Logger.class)
                                && call.getTarget().getName().equals("log")));
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC);
    }
}
