package io.moondial.cli.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ussd test --coverage}: from the dialogs of tests to the reports. */
class TestCoverageTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void scripts() throws IOException {
        Files.createDirectories(folder.resolve("scripts/lib"));
        write(
                "scripts/main.lua",
                """
                local words = require "words"
                local choice = ussd.menu("1. Balance\\n2. Airtime")
                if choice == "1" then
                  return words.balance(12.5)
                elseif choice == "2" then
                  return "25 minutes"
                end
                return "No such option"
                """);
        write(
                "scripts/lib/words.lua",
                """
                local words = {}

                function words.balance(amount)
                  return ("Your balance is %.2f"):format(amount)
                end

                function words.never()
                  return "<never> & so on"
                end

                return words
                """);
        write("scripts/unused.lua", "local a = 1\nreturn a\n");
        write(
                "scripts/main.dialog",
                """
                test "reads the balance"
                dial *1#
                menu 1. Balance
                     2. Airtime
                answer 1
                respond Your balance is 12.50

                test "chooses what is not there"
                dial *1#
                menu 1. Balance
                     2. Airtime
                answer 9
                respond No such option
                """);
        write("rules.yaml", "process: {triggers: [{script_key: main}]}\nlog: {level: error}\n");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private int test(String... arguments) {
        Stream<String> fixed =
                Stream.of("test", "--rules", folder.resolve("rules.yaml").toString());
        return InProcess.ussd(
                out, err, Stream.concat(fixed, Stream.of(arguments)).toArray(String[]::new));
    }

    private String table() {
        String text = out.toString();
        return text.substring(text.indexOf("coverage"))
                .replace(folder.resolve("scripts").toString(), "S");
    }

    @Test
    void the_table_names_what_did_not_run_modules_and_scripts_that_never_ran_too() {
        assertThat(test("--coverage")).as(err.toString()).isZero();
        assertThat(table().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "coverage lines branches",
                        "S/lib/words.lua 83% 5/6 100% 0/0",
                        " lines not run: 8",
                        "S/main.lua 85% 6/7 75% 3/4",
                        " lines not run: 6",
                        " ways not taken: 5 never on",
                        "S/unused.lua 0% 0/2 100% 0/0",
                        " lines not run: 1-2",
                        "all 73% 11/15 75% 3/4");
    }

    @Test
    void without_the_option_nothing_is_said_of_it() {
        assertThat(test()).isZero();
        assertThat(out.toString()).doesNotContain("coverage");
    }

    @Test
    void what_stands_behind_the_option_is_a_path_of_tests() throws IOException {
        assertThat(test("--coverage", folder.resolve("scripts/main.dialog").toString())).isZero();
        assertThat(out.toString()).contains("coverage");
        assertThat(folder.resolve("scripts/main.dialog")).isRegularFile();
    }

    @Test
    void a_folder_gets_a_trace_for_tools_and_a_page_for_people() throws IOException {
        Path reports = folder.resolve("new/reports");
        assertThat(test("--coverage=" + reports)).isZero();
        assertThat(Files.readString(reports.resolve("lcov.info")))
                .contains(
                        "SF:" + folder.resolve("scripts/lib/words.lua").toAbsolutePath() + "\n",
                        "\nFN:3,words.balance\n",
                        "\nFNDA:1,words.balance\nFNDA:0,words.never\n",
                        "\nDA:4,1\nDA:7,2\nDA:8,0\n");
        assertThat(Files.readString(reports.resolve("index.html")))
                .contains("&lt;never&gt; &amp; so on")
                .doesNotContain("<never>");
    }

    @Test
    void a_folder_that_cannot_be_is_told() throws IOException {
        write("file", "not a folder");
        assertThat(test("--coverage=" + folder.resolve("file"))).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("ussd: the coverage cannot be written: ");
    }

    @Test
    void parallel_tests_are_all_counted() throws IOException {
        StringBuilder tests = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            tests.append("test \"number ").append(i).append("\"\ndial *1#\n");
            tests.append("menu 1. Balance\n     2. Airtime\nanswer 2\nrespond 25 minutes\n\n");
        }
        write("scripts/main.dialog", tests.toString());
        Path reports = folder.resolve("reports");
        assertThat(test("--coverage=" + reports)).isZero();
        assertThat(Files.readString(reports.resolve("lcov.info")))
                .contains("\nDA:1,50\nDA:2,50\nDA:3,50\nDA:4,0\nDA:5,50\nDA:6,50\nDA:8,0\n")
                .contains("\nBRDA:3,0,0,0\nBRDA:3,0,1,50\nBRDA:5,1,0,50\nBRDA:5,1,1,0\n")
                .contains("\nBRF:4\nBRH:2\n");
    }
}
