package io.moondial;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house: which room may know which. */
@AnalyzeClasses(packages = "io.moondial", importOptions = EngineOnly.class)
class HouseTest {
    @ArchTest
    static final ArchRule THE_DIALOG_KNOWS_TEXT_ALONE =
            classes()
                    .that()
                    .resideInAPackage("io.moondial.dialog")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.moondial.dialog", "io.moondial.text", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule TEXT_KNOWS_NOBODY =
            classes()
                    .that()
                    .resideInAPackage("io.moondial.text")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("io.moondial.text", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule TEXTS_IN_LANGUAGES_KNOW_NO_SCRIPT =
            classes()
                    .that()
                    .resideInAPackage("io.moondial.lang")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.moondial.lang",
                            "io.moondial.config",
                            "io.moondial.file",
                            "io.moondial.problem",
                            "io.moondial.text",
                            "java..",
                            "org.jspecify..");

    @ArchTest
    static final ArchRule SS7_STAYS_IN_THE_NETWORK =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.moondial.channel.ss7",
                            "io.moondial.channel.embedded",
                            "io.moondial.channel.sigtran",
                            "io.moondial.bench.echo")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.restcomm..", "org.mobicents..");

    @ArchTest
    static final ArchRule LUAJ_STAYS_IN_THE_SCRIPT =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.script..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.luaj..");

    @ArchTest
    static final ArchRule JACKSON_STAYS_WITH_DOCUMENTS =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.moondial.admin..",
                            "io.moondial.config",
                            "io.moondial.log",
                            "io.moondial.modules.json",
                            "io.moondial.push",
                            "io.moondial.cli..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("tools.jackson..", "com.fasterxml..");

    @ArchTest
    static final ArchRule JETTY_STAYS_WITH_THE_INTERFACE =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.admin..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.eclipse.jetty..");

    @ArchTest
    static final ArchRule PROMETHEUS_STAYS_WITH_METRICS =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.metrics..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.prometheus..");

    @ArchTest
    static final ArchRule JEDIS_STAYS_WITH_KEPT_VALUES =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.modules.kv")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("redis.clients..", "org.apache.commons.pool2..");

    @ArchTest
    static final ArchRule JDBC_STAYS_WITH_DATABASES =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("io.moondial.modules.kv", "io.moondial.modules.sql")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..");

    @ArchTest
    static final ArchRule POOLS_AND_DRIVERS_STAY_WITH_SQL =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.modules.sql")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("com.zaxxer..", "org.postgresql..", "org.mariadb..");

    @ArchTest
    static final ArchRule THE_HTTP_CLIENT_STAYS_IN_ITS_MODULE =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.modules.http")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("java.net.http..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_COMMAND =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.moondial.cli..")
                    .and()
                    .doNotHaveFullyQualifiedName("io.moondial.Main")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.moondial.cli..");

    @ArchTest
    static final ArchRule NO_ROOM_KNOWS_ITSELF_THROUGH_OTHERS =
            slices().matching("io.moondial.(*)..").should().beFreeOfCycles();
}
