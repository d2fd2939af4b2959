package io.starhash;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house: which room may know which. */
@AnalyzeClasses(packages = "io.starhash", importOptions = EngineOnly.class)
class HouseTest {
    @ArchTest
    static final ArchRule THE_DIALOG_KNOWS_TEXT_ALONE =
            classes()
                    .that()
                    .resideInAPackage("io.starhash.dialog")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.starhash.dialog", "io.starhash.text", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule TEXT_KNOWS_NOBODY =
            classes()
                    .that()
                    .resideInAPackage("io.starhash.text")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("io.starhash.text", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule SS7_STAYS_IN_THE_NETWORK =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.starhash.network.ss7",
                            "io.starhash.network.embedded",
                            "io.starhash.network.sigtran")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.restcomm..", "org.mobicents..");

    @ArchTest
    static final ArchRule LUAJ_STAYS_IN_THE_SCRIPT =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.starhash.script..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.luaj..");

    @ArchTest
    static final ArchRule JACKSON_STAYS_WITH_DOCUMENTS =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.starhash.config",
                            "io.starhash.control",
                            "io.starhash.script.api",
                            "io.starhash.cli")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("tools.jackson..", "com.fasterxml..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_COMMAND =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.starhash.cli")
                    .and()
                    .doNotHaveFullyQualifiedName("io.starhash.Main")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.starhash.cli");

    @ArchTest
    static final ArchRule NO_ROOM_KNOWS_ITSELF_THROUGH_OTHERS =
            slices().matching("io.starhash.(*)..").should().beFreeOfCycles();
}
