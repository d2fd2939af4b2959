package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Rules;
import io.moondial.modules.BuiltInModules;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesPrinterTest {
    @TempDir Path temp;
    RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "care", "balance");
    }

    @Test
    void prints_every_key_of_the_effective_configuration() throws Exception {
        Rules rules = folder.read(RulesFolder.resource("full.yaml"));

        Golden.assertEqual("full.printed.yaml", rules.print());
    }

    @Test
    void prints_the_defaults_of_a_file_of_almost_nothing() throws Exception {
        Rules rules = folder.read("log: {}");

        Golden.assertEqual("defaults.printed.yaml", rules.print());
    }

    @Test
    void what_is_printed_reads_back_to_equal_rules() throws Exception {
        Rules printedOnce = folder.read(folder.read(RulesFolder.resource("full.yaml")).print());

        Rules printedTwice = folder.read(printedOnce.print());

        assertThat(printedTwice).isEqualTo(printedOnce);
    }

    @Test
    void printing_changes_nothing_but_the_lines_of_triggers() throws Exception {
        Rules rules = folder.read(RulesFolder.resource("full.yaml"));

        Rules reread = folder.read(rules.print());

        assertThat(reread)
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*\\.line", ".*\\.backend")
                // a Pattern is equal to none but itself
                .withEqualsForType(DialledMask.Group::equals, DialledMask.Group.class)
                .isEqualTo(rules);
    }

    @Test
    void paths_of_a_file_named_without_a_folder_stay_as_they_are() throws Exception {
        Files.writeString(folder.file(), "control: {socket: run/x}");

        Rules named =
                Rules.read(Path.of("rules.yaml"), temp::resolve, BuiltInModules.create(), _ -> {});

        assertThat(named.print()).contains("socket: \"run/x\"");
    }
}
