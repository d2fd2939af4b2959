package io.moondial.cli.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.ExitCode;
import io.moondial.cli.UssdProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator who dials a script of theirs reads when it fails. */
class DialStderrTest {
    @TempDir Path folder;

    private String rules() throws IOException {
        Path scripts = Files.createDirectories(folder.resolve("scripts/lib"));
        Files.writeString(
                scripts.resolve("money.lua"),
                """
                local money = {}
                function money.format(account)
                  return "ZAR " .. account.cents / 100
                end
                return money
                """);
        Files.writeString(
                folder.resolve("scripts/balance.lua"),
                """
                local money = require "money"
                local function show(account)
                  local amount = money.format(account)
                  return "Your balance is " .. amount
                end
                if ussd.menu("1. Balance") == "1" then
                  local text = show({})
                  return text
                end
                """);
        return Files.writeString(
                        folder.resolve("rules.yaml"),
                        "process: {triggers: [{script_key: balance}]}")
                .toString();
    }

    /** Of the dialog's records: {@code <Logic-1632976990-05f220e1>}. */
    private String identity() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            String record =
                    Files.readAllLines(files.findFirst().orElseThrow()).stream()
                            .filter(line -> line.contains(">USSD-SHUTDOWN|"))
                            .findFirst()
                            .orElseThrow();
            return record.substring(record.indexOf('<') + 1, record.indexOf('>'));
        }
    }

    @Test
    void a_lua_error_is_told_with_its_place_the_calls_that_led_to_it_and_the_dialog()
            throws Exception {
        Process dial = UssdProcess.start("dial", "--rules", rules(), "*100#", "1");
        try (var out = dial.inputReader(StandardCharsets.UTF_8);
                var err = dial.errorReader(StandardCharsets.UTF_8)) {
            assertThat(out.lines())
                    .containsExactly("menu 1. Balance", "answer 1", "abort TC-U-ABORT");
            List<String> told = err.lines().toList();
            assertThat(dial.waitFor()).isEqualTo(ExitCode.FAILED);
            assertThat(told)
                    .hasSize(4)
                    .endsWith(
                            "    lib/money.lua:3: in function field 'format'",
                            "    balance.lua:3: in function local 'show'",
                            "    balance.lua:7: in main chunk");
            assertThat(told.getFirst())
                    .contains(" WARN  dialog " + identity() + " ")
                    .endsWith(
                            " balance lib/money.lua:3: attempt to perform arithmetic on field"
                                    + " 'cents' (a nil value)");
        } finally {
            dial.destroyForcibly();
        }
    }
}
