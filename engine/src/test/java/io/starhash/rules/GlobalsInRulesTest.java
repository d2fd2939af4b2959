package io.starhash.rules;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GlobalsInRulesTest {
    @TempDir Path folder;

    private void refused(String globals, String why) throws IOException {
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, "process:\n  globals: " + globals + "\n");
        assertThatThrownBy(() -> RulesFile.read(file))
                .isInstanceOf(RulesException.class)
                .hasMessageContaining("rules.yaml:2:12: globals: ")
                .hasMessageContaining(why);
    }

    @Test
    void may_not_take_the_place_of_what_every_script_has() throws IOException {
        refused("{INSTANCE_ID: mine}", "INSTANCE_ID is a name of the engine's own");
        refused("{ussd: 1}", "ussd is a name of the engine's own");
    }

    @Test
    void may_not_hold_whole_numbers_that_lua_would_round() throws IOException {
        refused("{A: [{b: 9007199254740993}]}", "beyond 2^53");
    }
}
