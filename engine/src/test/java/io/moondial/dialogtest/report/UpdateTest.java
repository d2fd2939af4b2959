package io.moondial.dialogtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateTest {
    private static final String SCRIPT =
            """
            local ussd = require "ussd"
            local choice = ussd.menu("1. Balance\\n2. Airtime ")
            return choice == "2" and "Airtime " .. choice or ussd.decline(36)
            """;

    @TempDir Path folder;
    Path file;

    @BeforeEach
    void writeRules() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/menu.lua"), SCRIPT);
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {triggers: [{script_key: menu}]}\n");
        file = folder.resolve("x.dialog");
    }

    private Update.Outcome update(String content) throws Exception {
        Files.writeString(file, content);
        return Update.write(run());
    }

    private List<TestResult> run() throws Exception {
        Configuration configuration = Configuration.read(folder.resolve("rules.yaml"));
        return new Suite(configuration, DialogFile.read(file).tests(), new Suite.Options(1, false))
                .run(it -> {});
    }

    @Test
    void screens_that_differ_are_written_anew_and_nothing_else() throws Exception {
        Update.Outcome outcome =
                update(
                        """
                        # kept
                        test   "one" \t
                        dial    *1#
                        menu   Old
                          text
                        # kept too
                        answer  2
                        respond ~ Nothing \\d
                        edr USSD-PROCESS   TEXT=*1#

                        test "two"
                        dial *1#
                        menu ~ .*
                        answer 3
                        decline 34""");

        assertThat(outcome.screens()).isEqualTo(3);
        assertThat(Files.readString(file))
                .isEqualTo(
                        """
                        # kept
                        test   "one" \t
                        dial    *1#
                        menu 1. Balance
                             "2. Airtime "
                        # kept too
                        answer  2
                        respond Airtime 2
                        edr USSD-PROCESS   TEXT=*1#

                        test "two"
                        dial *1#
                        menu ~ .*
                        answer 3
                        decline 36""");
        assertThat(run()).allMatch(it -> it.status().isGood());
    }

    @Test
    void line_ends_and_a_byte_order_mark_stay() throws Exception {
        String before =
                """
                \uFEFFtest "one"
                dial *1#
                menu x
                answer 2
                respond Airtime 2
                """;
        String after = before.replace("menu x", "menu 1. Balance\n     \"2. Airtime \"");

        update(before.replace("\n", "\r\n"));

        assertThat(Files.readString(file)).isEqualTo(after.replace("\n", "\r\n"));
    }

    @Test
    void another_kind_of_screen_takes_the_place_of_the_expected_one() throws Exception {
        update("test \"one\"\ndial *1#\nmenu ~ .*\nanswer 2\nmenu Which?\n");

        assertThat(Files.readString(file)).endsWith("answer 2\nrespond Airtime 2\n");
    }

    @Test
    void a_step_with_variables_stays_and_fails_on() throws Exception {
        String content =
                """
                test "one"
                each a | b
                     2 | x
                dial *1#
                menu ~ .*
                answer ${a}
                respond y${b}
                """;

        Update.Outcome outcome = update(content);

        assertThat(outcome.screens()).isZero();
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @Test
    void steps_that_several_tests_do_are_written_anew_once_and_a_part_as_the_whole()
            throws Exception {
        Update.Outcome outcome =
                update(
                        """
                        steps dial
                        dial *1#
                        menu contains 3. Data

                        test "one"
                        do dial
                        answer 2
                        respond contains Airtime

                        test "two"
                        do dial
                        abandon
                        """);

        assertThat(outcome.screens()).isEqualTo(1);
        assertThat(Files.readString(file))
                .startsWith("steps dial\ndial *1#\nmenu 1. Balance\n     \"2. Airtime \"\n\ntest")
                .contains("respond contains Airtime\n");
        assertThat(run()).allMatch(it -> it.status().isGood());
    }

    @Test
    void where_rows_see_different_screens_the_step_stays_and_that_is_told() throws Exception {
        String content =
                """
                test "one"
                each a
                     2
                     3
                dial *1#
                menu ~ .*
                answer ${a}
                menu What?
                """;

        Update.Outcome outcome = update(content);

        assertThat(outcome.screens()).isZero();
        assertThat(outcome.notes())
                .containsExactly(
                        file + ":8: different screens came in different tests: it is not updated");
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @Test
    void a_file_that_was_saved_meanwhile_is_left_alone() throws Exception {
        Files.writeString(file, "test \"one\"\ndial *1#\nmenu x\nabandon\n");
        List<TestResult> results = run();
        Files.writeString(file, "# another\n");

        Update.Outcome outcome = Update.write(results);

        assertThat(outcome.screens()).isZero();
        assertThat(outcome.notes()).hasSize(1);
        assertThat(Files.readString(file)).isEqualTo("# another\n");
    }
}
