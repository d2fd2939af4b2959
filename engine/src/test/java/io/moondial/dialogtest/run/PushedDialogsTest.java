package io.moondial.dialogtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogTest;
import io.moondial.dialogtest.report.FailureText.Paint;
import io.moondial.dialogtest.report.Summary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests in which the engine pushes: its queue, its retries and its codec, in the test's time. */
class PushedDialogsTest {
    @TempDir Path folder;
    private String route = "hlr";
    private String limits = "{}";

    @BeforeEach
    void write() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/survey.lua"),
                """
                local request = ...
                local much = ussd.menu("Do you like " .. request.args.plan .. "?\\n1. Yes\\n2. No")
                if much == "2" then
                  ussd.menu("Why not?", {secret = true})
                end
                ussd.notify("Thank you")
                return "Goodbye"
                """);
        Files.writeString(
                folder.resolve("scripts/pay.lua"),
                """
                local request = ...
                local to, sum = request.text:match("^%*150%*(%d+)%*(%d+)#$")
                local id, why = push.send{msisdn = to, text = "You have received " .. sum}
                return id and "You have sent " .. sum or "not sent: " .. why
                """);
    }

    private List<TestResult> results(String tests) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                """
                process:
                  triggers: [{script_key: pay, ussd_string_prefix: "*150"}]
                push: {route: %s, scripts: [survey]}
                kv: {store: memory}
                script: %s
                """
                        .formatted(route, limits));
        DialogFile file = DialogFile.of(Path.of("push.dialog"), tests);
        return new Suite(Configuration.read(rules), file.tests(), new Suite.Options(1, false))
                .run(it -> {});
    }

    private void pass(String tests) throws Exception {
        List<TestResult> results = results(tests);
        assertThat(results).isNotEmpty();
        assertThat(results)
                .as(Summary.of(results, Paint.PLAIN))
                .allSatisfy(it -> assertThat(it.failures()).isEmpty());
    }

    private String told(String tests) throws Exception {
        return Summary.of(results(tests), Paint.PLAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hlr", "sri_sm", "fixed, fixed: {point_code: 1, ssn: 8}"})
    void a_script_is_pushed_and_the_words_are_those_of_a_dialled_dialog(String way)
            throws Exception {
        route = way;
        pass(
                """
                test "a survey"
                from 27761485722
                order script survey {"plan":"gold"}
                menu Do you like gold?
                     1. Yes
                     2. No
                answer 2
                menu Why not?
                answer 4711
                notify Thank you
                notify Goodbye
                close
                pushes 27761485722 completed
                edr USSD-REQUEST DIRECTION=out
                edr PUSH-R STATE=completed
                """);
    }

    @Test
    void the_time_of_a_script_stands_still_until_its_first_screen_is_answered() throws Exception {
        route = "hlr, retry: {after: [1m]}";
        limits = "{max_time: 20s}";
        pass(
                """
                test "tried again for longer than the script may run"
                given handset 27761485722 busy
                given handset 27761485722 busy
                given handset 27761485722 at home
                from 27761485722
                order script survey {"plan":"gold"}
                wait 2m
                menu Do you like gold?
                     1. Yes
                     2. No
                answer 2
                menu Why not?
                wait 19s
                answer 4711
                notify Thank you
                notify Goodbye
                close
                pushes 27761485722 completed

                test "from its answer on it goes on"
                given handset 27761485722 busy
                given handset 27761485722 at home
                from 27761485722
                order script survey {"plan":"gold"}
                wait 1m
                menu Do you like gold?
                     1. Yes
                     2. No
                answer 2
                menu Why not?
                wait 20s
                abort
                pushes 27761485722 script
                edr USSD-SHUTDOWN EXCEPTION~".*used up max_time: 20.000s with its waits.*"
                """);
    }

    @Test
    void texts_are_pushed_one_after_the_other() throws Exception {
        pass(
                """
                test "a menu and a notify"
                from 27761485722
                order menu Do you agree?
                     1. Yes
                order notify Good night
                menu Do you agree?
                     1. Yes
                answer 1
                close
                wait 20ms
                notify Good night
                close
                pushes 27761485722 shows agree
                pushes 27761485722 shows night
                """);
    }

    @Test
    void what_a_script_pushes_comes_to_a_handset_with_that_number() throws Exception {
        pass(
                """
                test "his handset is on too late"
                given handset 27829991111 at home
                handset anne
                from 27761485722
                dial *150*27829991111*50#
                respond You have sent 50
                handset bob
                from 27829991111
                wait 15m
                pushes 27829991111 absent_subscriber

                test "he is on when it comes"
                handset bob
                from 27829991111
                handset anne
                from 27761485722
                dial *150*27829991111*50#
                respond You have sent 50
                handset bob
                notify You have received 50
                close
                edr USSD-NOTIFY DIRECTION=out
                pushes 27829991111 completed
                """);
    }

    @Test
    void he_gets_his_own_push_once_his_dialog_is_over() throws Exception {
        pass(
                """
                test "to himself"
                from 27829991111
                dial *150*27829991111*50#
                respond You have sent 50
                notify You have received 50
                close
                """);
    }

    @Test
    void retries_take_their_time_in_the_time_of_the_test() throws Exception {
        long start = System.nanoTime();
        pass(
                """
                test "busy three times"
                given handset 27761485722 busy
                given handset 27761485722 refuses 34
                given handset 27761485722 silent
                given handset 27761485722 at home
                from 27761485722
                order notify Hello
                wait 2999ms
                pushes 27761485722 ussd_busy
                wait 1ms
                pushes 27761485722 system_failure
                wait 8s
                wait 30s
                pushes 27761485722 no_answer
                wait 15s
                notify Hello
                close
                pushes 27761485722 completed
                edr PUSH-R ATTEMPT=4
                """);
        assertThat(System.nanoTime() - start).as("no such time has passed").isLessThan(40L << 30);
    }

    @ParameterizedTest
    @CsvSource({
        "absent, absent_subscriber",
        "refuses 9, error",
        "aborts, aborted",
        "busy, ussd_busy",
        "silent, no_answer"
    })
    void what_a_network_answers_is_why_a_push_fails(String reaction, String reason)
            throws Exception {
        pass(
                """
                test "%s"
                given handset 27761485722 %s
                from 27761485722
                order notify Hello
                wait 10m
                pushes 27761485722 failed
                pushes 27761485722 %s
                """
                        .formatted(reaction, reaction, reason));
    }

    @Test
    void a_subscriber_gives_up_or_falls_silent_or_refuses() throws Exception {
        pass(
                """
                before
                from 27761485722
                order script survey {"plan":"gold"}
                menu contains gold

                test "he gives up"
                abandon
                pushes 27761485722 aborted

                test "he does not answer, and nothing can tell his handset"
                wait 20s
                pushes 27761485722 sent
                wait 10m
                pushes 27761485722 failed
                leave open

                test "he refuses"
                reject and release 72
                """);
    }

    @Test
    void a_handset_in_a_dialog_is_busy() throws Exception {
        route = "hlr, retry: {on: [no_answer]}";
        pass(
                """
                test "one who waits for nothing"
                handset anne
                from 27761485722
                order menu Do you agree?
                menu Do you agree?
                wait 2m
                pushes 27761485722 failed
                pushes 27761485722 ussd_busy
                leave open
                """);
    }

    @Test
    void a_failure_says_how_the_pushes_to_the_number_are() throws Exception {
        assertThat(
                        told(
                                """
                                test "t"
                                given handset 27761485722 busy
                                from 27761485722
                                order notify Hello
                                notify Hello
                                """))
                .contains(
                        "expected 'notify', nothing comes: nothing was dialled at this handset; pushed to this number: notify, routing ussd_busy (tried again at 2026-01-05T08:00:03Z)");
        assertThat(
                        told(
                                """
                                test "t"
                                from 27761485722
                                dial *150*27829991111*50#
                                respond You have sent 50
                                """))
                .contains(
                        "no 'given push' says what becomes of a push to 27829991111: You have received 50; no handset has the number, and no 'given handset' is for it");
        assertThat(
                        told(
                                """
                                test "t"
                                from 27761485722
                                order notify Hello
                                """))
                .contains("a screen came that the test does not mention", "Hello");
        assertThat(
                        told(
                                """
                                test "t"
                                from 27761485722
                                order script other
                                """))
                .contains("the push is not accepted: 'other' is none of push: scripts");
        assertThat(
                        told(
                                """
                                test "t"
                                from 27761485722
                                order menu Hello
                                answer 1
                                """))
                .contains("this handset is in no dialog");
    }

    @Test
    void a_number_that_is_given_an_end_needs_no_handset() throws Exception {
        pass(
                """
                test "given"
                given push 27829991111 completed
                from 27761485722
                dial *150*27829991111*50#
                respond You have sent 50
                pushes 27829991111 completed
                pushes 27829991111 shows received 50
                """);
    }

    @Test
    void a_test_that_orders_a_script_is_about_it() throws Exception {
        List<TestResult> results =
                results(
                        """
                        test "a survey"
                        from 27761485722
                        order script survey {"plan":"gold"}
                        menu contains gold
                        abandon

                        test "another"
                        from 27761485722
                        order notify Hello
                        notify Hello
                        close
                        """);
        assertThat(
                        new Subjects(Configuration.read(folder.resolve("rules.yaml")).rules())
                                .about(
                                        new Subjects.Subject("push", "survey"),
                                        results.stream().map(TestResult::test).toList()))
                .extracting(DialogTest::name)
                .containsExactly("a survey");
    }

    @Test
    void a_push_goes_on_in_the_next_test_of_the_same_dialog() throws Exception {
        pass(
                """
                test "begins"
                from 27761485722
                order script survey {"plan":"gold"}
                menu contains gold

                test "goes on"
                same dialog
                answer 1
                notify Thank you
                notify Goodbye
                close
                """);
    }
}
