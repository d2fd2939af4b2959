package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriggersNobodyReachesTest {
    @TempDir Path folder;

    private List<Problem> problems(String... triggers) throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
        Path file = folder.resolve("rules.yaml");
        Files.writeString(
                file, "process:\n  triggers:\n    - " + String.join("\n    - ", triggers) + "\n");
        ConfigurationException thrown =
                catchThrowableOfType(ConfigurationException.class, () -> Rules.read(file));
        return thrown.problems();
    }

    @Test
    void one_behind_a_wider_one_is_shown_with_the_line_of_that() throws IOException {
        assertThat(
                        problems(
                                "{ussd_string_prefix: \"*1\", script_key: main}",
                                "{ussd_string: \"*100#\", script_key: main}"))
                .singleElement()
                .satisfies(
                        p -> {
                            assertThat(p.line()).isEqualTo(4);
                            assertThat(p.column()).isEqualTo(7);
                            assertThat(p.message()).contains("never reached", "line 3");
                        });
    }

    @Test
    void one_behind_a_trigger_that_catches_all() throws IOException {
        assertThat(problems("{script_key: main}", "{msisdn: \"1\", script_key: main}")).hasSize(1);
    }

    @Test
    void one_that_contradicts_itself() throws IOException {
        assertThat(problems("{destination: \"12\", destination_prefix: \"3\", script_key: main}"))
                .singleElement()
                .satisfies(
                        p ->
                                assertThat(p.message())
                                        .isEqualTo(
                                                "this trigger matches nothing: destination \"12\" does not begin"
                                                        + " with destination_prefix \"3\""));
    }
}
