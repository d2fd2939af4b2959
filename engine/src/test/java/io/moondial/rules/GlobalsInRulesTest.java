package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GlobalsInRulesTest {
    @TempDir Path folder;

    private void refused(String globals, int column, String why) throws IOException {
        Path file = folder.resolve("rules.yaml");
        Files.writeString(file, "process:\n  globals: " + globals + "\n");
        assertThatThrownBy(() -> Rules.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rules.yaml:2:" + column + ": globals: " + why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSTANCE_ID",
                "SCRIPT_NAME",
                "ussd",
                "json",
                "print",
                "string",
                "_G",
                "pcall"
            })
    void may_not_take_the_place_of_what_every_script_has(String name) throws IOException {
        refused(
                "{" + name + ": 1}",
                13,
                "found "
                        + name
                        + "; allowed is a Lua name (letters, digits and _, no digit first), but none that scripts already have, such as print, string and ussd");
    }

    @Test
    void may_not_hold_whole_numbers_that_lua_would_round() throws IOException {
        refused("{A: [{b: 9007199254740993}]}", 21, "A[1].b is 9007199254740993, beyond 2^53");
        refused(
                "{A: 1, S: {list: [1, -9007199254740993]}}",
                33,
                "S.list[2] is -9007199254740993, beyond 2^53, where Lua's numbers lose digits: put it in quotes if it is a text");
    }

    @Test
    void may_hold_them_up_to_where_they_are_exact() throws Exception {
        Path file = folder.resolve("rules.yaml");
        Files.writeString(
                file, "process:\n  globals: {A: [9007199254740992, -9007199254740992]}\n");
        assertThat(Rules.read(file).process().globals())
                .containsExactly(Map.entry("A", List.of(1L << 53, -(1L << 53))));
    }
}
