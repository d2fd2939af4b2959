package io.moondial.dialogtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a test tells of what went wrong in its dialogs. */
class TroubleTest {
    private static final String DIFFERS =
            """
            return menu.flow(function()
              COUNT = (COUNT or 0) + 1
              if COUNT == 2 then kv.get("a", "b") end
              local what = menu.choose{title = "What?", items = {"Bills", "Airtime"}}
              local much = menu.ask{"How much?"}
              local who = menu.ask{"For whom?"}
              return what .. much .. who
            end, {back = "0"})
            """;

    @TempDir Path folder;
    private String onError = "message";

    @BeforeEach
    void makeFolder() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
    }

    private List<TestResult> run(String script, String tests) throws Exception {
        Files.writeString(folder.resolve("scripts/pay.lua"), script);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                """
                process:
                  on_error: %s
                  error_message: "Please try later."
                  triggers: [{script_key: pay}]
                kv: {store: memory}
                """
                        .formatted(onError));
        DialogFile file = DialogFile.of(Path.of("pay.dialog"), tests);
        return new Suite(Configuration.read(rules), file.tests(), new Suite.Options(1, false))
                .run(it -> {});
    }

    private String told(String script, String tests) throws Exception {
        return Summary.of(run(script, tests), Paint.PLAIN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(\"a\").fmt .. \"a\" | attempt to concatenate field 'fmt' (a nil value)",
                "coroutine.wrap(function() while true do end end)() | max_instructions",
                "error(\"no credit\") | no credit",
            })
    void the_reason_of_a_failure_stands_below_the_step_whatever_on_error_says(
            String expression, String reason) throws Exception {
        String script = "ussd.menu('Go?')\nlocal x = " + expression + "\nussd.menu('How much?')";
        String test =
                """
                test "pay"
                dial *1#
                menu Go?
                answer 1
                menu contains How much
                """;
        for (String setting : List.of("message", "abort")) {
            onError = setting;

            String told = told(script, test);

            assertThat(told.lines())
                    .as(told)
                    .filteredOn(line -> line.startsWith("    the dialog failed: pay.lua:2: "))
                    .singleElement()
                    .asString()
                    .contains(reason);
            assertThat(told.substring(told.indexOf("the conversation:")))
                    .containsSubsequence(
                            "    answer 1\n",
                            "    # the dialog failed: pay.lua:2: ",
                            reason,
                            setting.equals("abort") ? "    abort" : "    respond Please try later");
        }
    }

    @Test
    void a_reason_is_told_of_the_first_failure_after_it_and_once() throws Exception {
        List<TestResult> results =
                run(
                        "log.warn('slow') log.info('fast') ussd.menu('Go?') log.error('gone\\n') return 'b'",
                        """
                        test "pay"
                        dial *1#
                        menu Stop?
                        answer 1
                        respond a
                        """);

        assertThat(results.getFirst().failures())
                .extracting(TestResult.Failure::causes)
                .containsExactly(
                        List.of("WARN slow (pay.lua:1)"), List.of("ERROR gone\\n (pay.lua:1)"));
    }

    @Test
    void a_script_that_warns_without_end_is_not_told_without_end() throws Exception {
        List<TestResult> results =
                run(
                        "for i = 1, 500 do log.warn('again %d', i) end return 'b'",
                        "test \"pay\"\ndial *1#\nrespond a\n");

        assertThat(results.getFirst().failures().getFirst().causes())
                .hasSize(101)
                .contains("WARN again 100 (pay.lua:1)")
                .endsWith("more than that is not shown here; 'log' steps find it");
    }

    @Test
    void nothing_of_it_fails_a_test() throws Exception {
        String told =
                told(
                        "log.error('gone') error('no credit')",
                        "test \"pay\"\ndial *1#\nrespond Please try later.\n");

        assertThat(told).endsWith("1 test, 1 passed\n").doesNotContain("credit", "gone");
    }

    @Test
    void a_flow_that_does_not_repeat_itself_fails_the_test_at_the_step_that_ran_it_again()
            throws Exception {
        String told =
                told(
                        DIFFERS,
                        """
                        test "pay"
                        dial *1#
                        menu ~ .*
                        answer 1
                        menu ~ .*
                        answer 5
                        menu contains For whom?
                        answer 0
                        menu ~ .*
                        abandon
                        """);

        assertThat(told)
                .containsSubsequence(
                        "pay.dialog:8: the function of a flow did not repeat itself, and the flow began anew\n",
                        ">  8 | answer 0\n",
                        "menu.flow begins anew, as a call is not the one that it was before: pay.lua:3: call 1 is kv.get, and was menu.choose\n",
                        "    answer 0\n    # menu.flow begins anew, as a call",
                        "1 test, 0 passed, 1 failed");
    }

    @Test
    void that_is_told_before_the_failures_that_come_of_it() throws Exception {
        List<TestResult> results =
                run(
                        DIFFERS,
                        """
                        test "pay"
                        dial *1#
                        menu contains Which?
                        answer 1
                        menu ~ .*
                        answer 5
                        menu contains For whom?
                        answer 0
                        menu contains How much
                        abandon
                        """);

        assertThat(results.getFirst().failures())
                .extracting(it -> it.at().first())
                .containsExactly(3, 8, 9);
        assertThat(results.getFirst().failures()).allMatch(it -> it.causes().isEmpty());
    }

    @Test
    void a_test_can_say_that_a_flow_does_not_repeat_itself_and_count_it() throws Exception {
        String told =
                told(
                        DIFFERS,
                        """
                        test "pay"
                        dial *1#
                        menu ~ .*
                        answer 1
                        menu ~ .*
                        answer 5
                        menu contains For whom?
                        answer 0
                        menu contains What?
                        log contains menu.flow begins anew
                        stat calls.menu.flow.differs 1
                        stat calls.menu.flow.full 0
                        abandon
                        """);

        assertThat(told).endsWith("1 test, 1 passed\n");
    }

    @Test
    void a_given_that_the_rules_do_not_know_is_told_at_its_line() throws Exception {
        List<TestResult> results =
                run(
                        "return 'b'",
                        """
                        before
                        given http GET nobank /b answers 200
                        dial *1#

                        test "pay"
                        given http GET nobank /a answers 200
                        given http GET nobank /c
                          answers 200
                        respond b
                        """);

        assertThat(results.getFirst().failures())
                .extracting(it -> it.at().first())
                .containsExactly(2, 6, 7);
    }

    @Test
    void the_trouble_of_two_handsets_is_told_with_each() throws Exception {
        String told =
                told(
                        "ussd.menu('Go?') error('no ' .. (...).msisdn)",
                        """
                        test "pay"
                        handset a
                        from 1
                        dial *1#
                        menu Go?
                        handset b
                        from 2
                        dial *1#
                        menu Go?
                        answer 1
                        respond Please try later.
                        handset a
                        answer 1
                        respond Paid
                        """);

        assertThat(told)
                .containsSubsequence(
                        "    the dialog failed: pay.lua:1: no 1\n",
                        "    handset b\n",
                        "    # the dialog failed: pay.lua:1: no 2\n",
                        "    handset a\n    answer 1\n    # the dialog failed: pay.lua:1: no 1\n");
    }
}
