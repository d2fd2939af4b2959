package io.moondial.script;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.moondial.EngineOnly;
import org.junit.jupiter.api.Test;

class ScriptArchitectureTest {
    private static final String ROOM = "io.moondial.script";

    private final JavaClasses room =
            new ClassFileImporter().withImportOption(new EngineOnly()).importPackages(ROOM);

    @Test
    void one_class_knows_luaj() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOM + ".lua.Compiler")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.luaj..")
                .check(room);
    }

    @Test
    void the_language_knows_nothing_of_what_it_is_used_for() {
        classes()
                .that()
                .resideInAPackage(ROOM + ".lua")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOM + ".lua", "java..", "org.luaj..", "org.jspecify..")
                .check(room);
    }

    @Test
    void the_libraries_stand_on_the_language_alone() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOM + ".stdlib", ROOM + ".api")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOM)
                .check(room);
    }
}
