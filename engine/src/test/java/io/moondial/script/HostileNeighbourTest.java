package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class HostileNeighbourTest {
    @TempDir Path folder;

    @Test
    void hostile_scripts_in_half_a_gigabyte_leave_a_neighbour_answering()
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Process house =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+ExitOnOutOfMemoryError",
                                "-Djdk.virtualThreadScheduler.parallelism=2",
                                "-cp",
                                Objects.requireNonNull(System.getProperty("java.class.path")),
                                HostileHouse.class.getName(),
                                scripts.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(house.waitFor(15, TimeUnit.MINUTES)).isTrue();
        } finally {
            house.destroyForcibly();
        }

        List<String> lines = Files.readAllLines(output);
        List<String> attacks = HostileScriptTest.attacks().map(a -> "ended: " + a.name()).toList();
        assertThat(attacks).hasSizeGreaterThan(100).doesNotHaveDuplicates();
        assertThat(lines.subList(0, lines.size() - 3)).containsExactlyInAnyOrderElementsOf(attacks);
        assertThat(lines.subList(lines.size() - 3, lines.size()))
                .containsExactly("8 runaways ran beside the neighbour", "runaways ended", "over");
        assertThat(house.exitValue()).isZero();
    }
}
