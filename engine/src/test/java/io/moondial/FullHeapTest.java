package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap fills up with what dialogs hold: new ones are refused before memory runs out. */
@Tag("long")
class FullHeapTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseZGC", "-XX:+UseG1GC"})
    void dialogs_are_refused_before_memory_runs_out_and_taken_again_once_there_is_room(
            String collector) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                collector,
                                "-cp",
                                System.getProperty("java.class.path"),
                                FullHeap.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .containsPattern("held \\d{2,3}\n")
                .containsPattern("refused [1-9]")
                .contains("WARN  heap new dialogs are refused: ")
                .doesNotContain("OutOfMemoryError");
    }
}
