package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.file.PipesAndDevices;
import io.moondial.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesProblemsTest {
    @TempDir Path temp;
    RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "care", "balance");
    }

    @Test
    void all_problems_of_a_file_are_told_together_each_at_its_place() throws Exception {
        String report = folder.report(RulesFolder.resource("many-problems.yaml"));

        Golden.assertEqual("many-problems.txt", report);
    }

    @Test
    void a_missing_file_is_a_problem_of_the_file_as_a_whole() {
        Path file = temp.resolve("none.yaml");

        var thrown = catchThrowableOfType(ConfigurationException.class, () -> Rules.read(file));

        assertThat(thrown.problems())
                .containsExactly(new Problem(file, 0, 0, "there is no such file"));
        assertThat(thrown).hasMessage(file + ": there is no such file");
    }

    @Test
    void a_folder_is_not_a_file() {
        var thrown = catchThrowableOfType(ConfigurationException.class, () -> Rules.read(temp));

        assertThat(thrown.problems())
                .containsExactly(new Problem(temp, 0, 0, "this is a folder: name a file"));
    }

    @Test
    void without_triggers_no_script_folder_is_needed() throws Exception {
        assertThat(folder.report("process: {script_dir: none, triggers: []}")).isEmpty();
        assertThat(folder.report("process: {script_dir: none, triggers: }")).isEmpty();
    }

    @Test
    void a_missing_script_folder_is_told_once() throws Exception {
        assertThat(
                        folder.report(
                                """
                                process:
                                  script_dir: none
                                  triggers: [{dest_ssn: 6, script_key: a}, {script_key: b}]
                                """))
                .isEqualTo(
                        """
                        rules.yaml:2:15: script_dir: there is no folder none
                          script_dir: none
                                      ^
                        """);
    }

    @Test
    void a_script_folder_that_is_a_file_is_told() throws Exception {
        Files.writeString(temp.resolve("file"), "");

        assertThat(folder.report("process: {script_dir: file, triggers: [{script_key: a}]}"))
                .startsWith("rules.yaml:1:23: script_dir: file is not a folder\n");
    }

    @Test
    void what_is_named_like_a_script_and_is_none_is_told_with_the_reason() throws Exception {
        Path outside = Files.writeString(temp.resolve("outside.lua"), "");
        Files.createSymbolicLink(temp.resolve("scripts/link.lua"), outside);
        Files.createDirectory(temp.resolve("scripts/folder.lua"));

        PipesAndDevices.pipe(temp.resolve("scripts/pipe.lua"));
        Files.createSymbolicLink(temp.resolve("scripts/zero.lua"), Path.of("/dev/zero"));
        Files.createSymbolicLink(temp.resolve("scripts/lost.lua"), Path.of("nowhere.lua"));

        assertThat(folder.report("process: {triggers: [{script_key: link}]}"))
                .contains(
                        "script_key: scripts/link.lua is no script: a link that leads out of the script folder: replace it with the file itself");
        assertThat(folder.report("process: {triggers: [{script_key: folder}]}"))
                .contains(
                        "script_key: scripts/folder.lua is no script: not a plain file but a folder: replace it with a file");
        for (String endless : List.of("pipe", "zero")) {
            assertThat(folder.report("process: {triggers: [{script_key: %s}]}".formatted(endless)))
                    .contains(
                            "script_key: scripts/%s.lua is no script: not a plain file but a pipe or a device: replace it with a file"
                                    .formatted(endless));
        }
        assertThat(folder.report("process: {triggers: [{script_key: lost}]}"))
                .contains("script_key: scripts/lost.lua is no script: a link that leads nowhere");
    }

    @Test
    void a_link_within_the_script_folder_is_a_script() throws Exception {
        Files.createSymbolicLink(temp.resolve("scripts/link.lua"), Path.of("care.lua"));

        assertThat(folder.report("process: {triggers: [{script_key: link}]}")).isEmpty();
    }

    @Test
    void an_error_message_must_fit_one_ussd_string() throws Exception {
        assertThat(folder.report("process: {error_message: %s}".formatted("x".repeat(182))))
                .isEmpty();
        assertThat(folder.report("process: {error_message: %s}".formatted("x".repeat(183))))
                .startsWith("rules.yaml:1:26: error_message: the text is too long: 183 septets");
    }

    @Test
    void a_key_without_a_value_is_a_problem() throws Exception {
        assertThat(folder.report("log:\n  level:\n"))
                .isEqualTo(
                        """
                        rules.yaml:2:9: level: found nothing; allowed is one of error, warn, info, debug, trace
                          level:
                                ^
                        """);
    }

    @Test
    void a_syntax_error_is_one_problem_at_its_place() throws Exception {
        assertThat(folder.report("process:\n\tmenu_timeout: 1\nx: y\n"))
                .isEqualTo(
                        """
                        rules.yaml:2:1: this is not YAML: this line is indented with a tab; YAML allows only spaces
                        \tmenu_timeout: 1
                        ^
                        """);
    }

    @Test
    void a_number_with_a_plus_is_to_be_written_without_it() throws Exception {
        assertThat(
                        folder.report(
                                "process: {triggers: [{msisdn: \"+255712500078\", script_key: care}]}\n"))
                .contains(
                        "msisdn: found \"+255712500078\"; allowed is digits only, 0 to 9; write it without +\n");
    }
}
