package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules files that are shipped, beside the scripts that are shipped. */
class ShippedConfigurationTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));

    @TempDir Path folder;

    /** Whatever is named so anywhere but where things are built. */
    static List<Path> rulesFiles() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files.map(ROOT::relativize)
                    .filter(it -> it.getFileName().toString().endsWith("rules.yaml"))
                    .filter(it -> !it.startsWith("engine/src") && !it.startsWith("engine/target"))
                    .sorted()
                    .toList();
        }
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
}
