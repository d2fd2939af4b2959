package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Half a million triggers, and a process whose heap is far too small for them. */
class RulesTooLargeTest {
    private static final int TRIGGERS = 500_000;

    @TempDir Path folder;

    private Path rules() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
        StringBuilder rules = new StringBuilder("process:\n  triggers:\n");
        for (int i = 0; i < TRIGGERS; i++) {
            rules.append("  - {ussd_string: \"*").append(i).append("#\", script_key: main}\n");
        }
        return Files.writeString(folder.resolve("rules.yaml"), rules);
    }

    @Test
    void are_refused_with_the_reason_before_they_are_read() throws Exception {
        Process check =
                UssdProcess.start(List.of("-Xmx512m"), "check", "--rules", rules().toString());
        try (var err = check.errorReader(StandardCharsets.UTF_8)) {
            assertThat(err.readLine())
                    .contains("rules.yaml: to read a file of 2")
                    .contains("of the heap of 5")
                    .endsWith("or give Java more (USSD_JAVA_OPTIONS=-Xmx4g)");
            assertThat(check.waitFor()).isEqualTo(ExitCode.BAD_INPUT);
        } finally {
            check.destroyForcibly();
        }
    }
}
