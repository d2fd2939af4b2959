package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.rules.Trigger;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules files that are shipped, beside the scripts that are shipped. */
class ShippedConfigurationTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));

    /** A service with rules of its own, beside its own scripts. */
    private static final Path MONEY = Path.of("scripts", "money");

    @TempDir Path folder;

    /**
     * Whatever is named so anywhere but where things are built. What is there is not even looked
     * at: other tests make files, and take them away, meanwhile.
     */
    static List<Path> rulesFiles() throws IOException {
        Set<Path> leftOut =
                Set.of(
                        Path.of(".git"),
                        Path.of("engine", "src"),
                        Path.of("engine", "target"),
                        Path.of("deploy"),
                        MONEY);
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(
                ROOT,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes it) {
                        return leftOut.contains(ROOT.relativize(at))
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes it) {
                        if (file.getFileName().toString().endsWith("rules.yaml")) {
                            found.add(ROOT.relativize(file));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        found.sort(null);
        return found;
    }

    @Test
    void both_are_found() throws Exception {
        assertThat(rulesFiles())
                .contains(Path.of("rules.yaml"), Path.of("engine/docs/sigtran-rules.yaml"));
    }

    @ParameterizedTest
    @MethodSource("rulesFiles")
    void has_neither_a_problem_nor_a_warning_beside_the_shipped_scripts(Path rules)
            throws Exception {
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        try (var files = Files.list(ROOT.resolve("scripts"))) {
            for (Path script : files.filter(Files::isRegularFile).toList()) {
                Files.copy(script, scripts.resolve(script.getFileName().toString()));
            }
        }
        Path copy = Files.copy(ROOT.resolve(rules), folder.resolve("rules.yaml"));

        assertThat(Configuration.read(copy).warnings()).isEmpty();
    }

    /**
     * Those of the Debian package and of the container. Only whoever installs them knows of a
     * second disk, and until then they warn.
     */
    @Test
    void the_rules_of_the_packages_warn_of_one_thing_and_have_the_triggers_of_the_shipped_ones()
            throws Exception {
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        try (var files = Files.list(ROOT.resolve("scripts"))) {
            for (Path script : files.filter(Files::isRegularFile).toList()) {
                Files.copy(script, scripts.resolve(script.getFileName().toString()));
            }
        }
        Path shipped = Files.copy(ROOT.resolve("rules.yaml"), folder.resolve("shipped.yaml"));
        Path packaged =
                Files.copy(ROOT.resolve("deploy/deb/etc/rules.yaml"), folder.resolve("rules.yaml"));

        Configuration configuration = Configuration.read(packaged);

        assertThat(configuration.warnings())
                .allMatch(it -> it.toString().contains("edr-spill is on the same disk"));
        assertThat(configuration.rules().process().triggers().triggers())
                .extracting(Trigger::scriptKey)
                .isEqualTo(
                        Configuration.read(shipped).rules().process().triggers().triggers().stream()
                                .map(Trigger::scriptKey)
                                .toList());
        assertThat(configuration.rules().push().scripts())
                .isEqualTo(Configuration.read(shipped).rules().push().scripts());
    }

    @Test
    void the_service_with_backends_has_neither_a_problem_nor_a_warning() throws Exception {
        try (var files = Files.walk(ROOT.resolve(MONEY), 2)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(ROOT.resolve(MONEY).relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        // whoever puts it into service keeps its secrets from others
        Path secret = folder.resolve("secrets/billing");
        if (Files.getFileStore(secret).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        }
        Files.createDirectory(folder.resolve("state")); // and has a database

        assertThat(Configuration.read(folder.resolve("rules.yaml")).warnings()).isEmpty();
    }
}
