package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.ConfigurationException;
import io.moondial.Rules;
import io.moondial.problem.Problem.ProblemPrinter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, it is rules or it has problems, and nothing else happens. */
final class RulesFuzzTest {
    private static final int ROUNDS = 1500;
    private static final List<String> PIECES =
            List.of(
                    ": ",
                    "- ",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    "\"",
                    "'",
                    "#",
                    "&a ",
                    "*a",
                    "!x ",
                    "!!int ",
                    "|\n",
                    ">-\n",
                    "? ",
                    "\n",
                    "\r\n",
                    "\r",
                    "\t",
                    "---\n",
                    "...\n",
                    "%YAML 1.2\n",
                    "null",
                    "~",
                    "0123",
                    "1e999999",
                    "\uFEFF",
                    "\u0085",
                    "\u2028",
                    "\0",
                    "\uD83D\uDE00",
                    "\"\\ud800\"",
                    "\"\\0\"",
                    "\"\\UFFFFFFFF\"",
                    "\\x",
                    "<<: ",
                    "process:\n  ",
                    "99999999999999999999d",
                    "``");

    @TempDir Path temp;
    RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "care", "balance");
    }

    @Test
    void random_octets_are_rules_or_have_problems() throws Exception {
        var random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] octets = new byte[random.nextInt(64)];
            random.nextBytes(octets);
            readAndReport(octets);
        }
    }

    @Test
    void random_pieces_of_yaml_are_rules_or_have_problems() throws Exception {
        var random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(20); i >= 0; i--) {
                text.append(piece(random)).append(random.nextBoolean() ? "a" : "");
            }
            readAndReport(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void mutated_files_are_rules_or_have_problems() throws Exception {
        byte[] valid = RulesFolder.resource("full.yaml").getBytes(StandardCharsets.UTF_8);
        var random = new Random(3);
        int problems = 0;
        for (int round = 0; round < ROUNDS; round++) {
            problems += readAndReport(mutated(valid, random)) ? 0 : 1;
        }
        assertThat(problems).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    @Test
    void deep_nesting_is_a_problem_in_flow_and_block_style() {
        for (String opening : List.of("[", "{a: ", "- ", "- - ", "? ")) {
            assertThatThrownBy(() -> folder.read("log: \n " + opening.repeat(100_000)))
                    .isInstanceOf(ConfigurationException.class);
        }
        assertThatThrownBy(() -> folder.read("log: " + "[".repeat(40) + "]".repeat(40)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rules.yaml:1:37: nested too deeply: at most 32 levels");
    }

    /** Whether they are rules. */
    private boolean readAndReport(byte[] octets) throws Exception {
        try {
            Rules rules = folder.read(octets);
            Rules reread = folder.read(rules.print());
            assertThat(reread.print()).isEqualTo(rules.print());
            return true;
        } catch (ConfigurationException e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(ProblemPrinter.print(e.problems()))
                    .contains(e.problems().getFirst().message());
            return false;
        }
    }

    private static byte[] mutated(byte[] valid, Random random) {
        var out = new ByteArrayOutputStream();
        int at = random.nextInt(valid.length);
        int removed = random.nextInt(Math.min(4, valid.length - at));
        out.write(valid, 0, at);
        out.writeBytes(piece(random).getBytes(StandardCharsets.UTF_8));
        out.write(valid, at + removed, valid.length - at - removed);
        return out.toByteArray();
    }

    private static String piece(Random random) {
        return PIECES.get(random.nextInt(PIECES.size()));
    }
}
