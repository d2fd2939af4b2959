package io.moondial.modules.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Configuration;
import io.moondial.ConfigurationException;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.run.Suite;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions in scripts, what is checked of their calls, and their lines in dialog tests. */
class PushModuleTest {
    private static final List<ApiModule> MODULES = BuiltInModules.create();
    private static final String ON = "push: {route: hlr, scripts: [survey, offer]}\n";

    @TempDir Path folder;

    private Configuration configuration(String script, String section) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), script);
        Files.writeString(folder.resolve("scripts/survey.lua"), "return 'Thank you'");
        Files.writeString(folder.resolve("scripts/offer.lua"), "return 'Thank you'");
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: [{script_key: main}]}\n" + section);
        return Configuration.read(rules, CompilationObserver.NONE, MODULES);
    }

    private List<String> failures(String script, String dialog) throws Exception {
        return failures(script, ON, dialog);
    }

    private List<String> failures(String script, String section, String dialog) throws Exception {
        return new Suite(
                        configuration(script, section),
                        DialogFile.of(folder.resolve("x.dialog"), dialog).tests(MODULES),
                        new Suite.Options(1, false))
                .run(it -> {}).stream()
                        .flatMap(
                                it ->
                                        it.failures().stream()
                                                .map(
                                                        fault ->
                                                                it.test().name()
                                                                        + ": "
                                                                        + fault.message()))
                        .toList();
    }

    // ---- push.send, status, cancel

    @Test
    void a_push_is_ordered_asked_for_and_withdrawn() throws Exception {
        assertThat(
                        failures(
                                """
                                local id = assert(push.send{msisdn = 27829000001, text = "Hello", expires = "2m", priority = "low",
                                  at_least_once = true, alerting_pattern = 3})
                                local now = push.status(id)
                                assert(now.id == id and now.msisdn == "27829000001" and now.what == "notify")
                                assert(now.state == "queued" and now.priority == "low" and now.by == "script main")
                                assert(now.expires - now.accepted == 120 and now.accepted == os.time() and now.attempts == 0)
                                assert(now.reason == nil and now.answer == nil and now.next_attempt == nil)
                                assert(push.cancel(id) == true)
                                assert(push.status(id).state == "cancelled")
                                local done = push.send{msisdn = "27829000002", text = "Hi", kind = "menu"}
                                assert(push.cancel(done) == false)
                                assert(push.status(done).answer == "1 or 2" and push.status(done).what == "menu")
                                local nobody, why, detail = push.status("x")
                                assert(nobody == nil and why == "not_found" and detail:find("x"))
                                local no, why = push.cancel("x")
                                return tostring(no) .. why
                                """,
                                """
                                test "send"
                                given push 27829000001 never
                                given push 27829000002 answers 1 or 2
                                dial *1#
                                respond nilnot_found
                                pushes 27829000001 cancelled
                                pushes 27829000001 shows Hello
                                pushes 27829000002 completed
                                no pushes 27829000003
                                stat calls.push.send.accepted 2
                                stat calls.push.status.found 4
                                stat calls.push.status.not_found 1
                                stat calls.push.cancel.cancelled 1
                                stat calls.push.cancel.too_late 1
                                stat calls.push.cancel.not_found 1
                                """))
                .isEmpty();
    }

    @Test
    void the_same_key_is_the_same_push_and_a_key_of_another_is_a_conflict() throws Exception {
        assertThat(
                        failures(
                                """
                                local function send(text, key)
                                  return push.send{msisdn = "27829000001", text = text, idempotency_key = key}
                                end
                                local one, two, three = send("a", "k"), send("a", "k"), send("a", "l")
                                local no, why, detail = send("b", "k")
                                assert(one == two and one ~= three)
                                return tostring(no) .. " " .. why .. " " .. tostring(detail:find("k", 1, true) ~= nil)
                                """,
                                """
                                test "keys"
                                given push 27829000001 completed
                                dial *1#
                                respond nil conflict true
                                stat calls.push.send.again 1
                                stat calls.push.send.conflict 1
                                """))
                .isEmpty();
    }

    @Test
    void what_is_not_accepted_says_why() throws Exception {
        String script =
                """
                local id, why, detail = push.send{msisdn = "27829000001", script_key = "survey", args = {n = {1, 2}}}
                return tostring(id) .. " " .. why .. " " .. type(detail)
                """;
        for (String why : List.of("full", "unavailable", "stopping", "conflict")) {
            assertThat(
                            failures(
                                    script,
                                    "test \"t\"\ngiven push refused %s\ndial *1#\nrespond nil %s string\nstat calls.push.send.%s 1\n"
                                            .formatted(why, why, why)))
                    .isEmpty();
        }
    }

    /** What a flow runs again is not pushed again. */
    @Test
    void a_flow_that_goes_back_pushes_once() throws Exception {
        assertThat(
                        failures(
                                """
                                return menu.flow(function()
                                  local amount = menu.ask{"How much?"}
                                  local id = push.send{msisdn = "27829000001", text = amount, idempotency_key = menu.once()}
                                  local sure = menu.ask{"Told as " .. id .. ". More?"}
                                  return "done " .. sure
                                end, {back = "0"})
                                """,
                                """
                                test "once"
                                given push 27829000001 completed
                                dial *1#
                                menu contains How much?
                                answer 5
                                menu contains Told as
                                answer 7
                                respond done 7
                                stat calls.push.send.accepted 1
                                """))
                .isEmpty();
    }

    // ---- ussd.push

    @Test
    void a_push_can_be_waited_for() throws Exception {
        assertThat(
                        failures(
                                """
                                local a = ussd.push{msisdn = "27829000001", text = "Agree?", kind = "menu"}
                                local b = ussd.push{msisdn = "27829000002", text = "Told"}
                                local c = ussd.push{msisdn = "27829000003", script_key = "survey"}
                                local d, why, detail = ussd.push{msisdn = "27829000004", text = "x"}
                                assert(detail == "the push to 27829000004 has ended as failed: absent_subscriber, after 1 attempt", detail)
                                local e, late = ussd.push{msisdn = "27829000005", text = "x"}
                                return table.concat({a, tostring(b), tostring(c), tostring(d), why, tostring(e), late}, " ")
                                """,
                                """
                                test "all ways"
                                given push 27829000001 after 5s answers 1
                                given push 27829000002 completed
                                given push 27829000003 after 1s completed
                                given push 27829000004 failed absent_subscriber
                                given push 27829000005 after 2s expired
                                dial *1#
                                wait 8s
                                respond 1 true true nil absent_subscriber nil expired
                                pushes 27829000004 absent_subscriber
                                pushes 27829000004 failed absent_subscriber
                                no pushes 27829000004 failed ussd_busy
                                stat calls.push.menu.completed 1
                                stat calls.push.notify.completed 1
                                stat calls.push.script.completed 1
                                stat calls.push.notify.absent_subscriber 1
                                stat calls.push.notify.expired 1
                                """))
                .isEmpty();
    }

    @Test
    void a_push_to_the_subscriber_of_the_dialog_is_refused_in_words() throws Exception {
        assertThat(
                        failures(
                                """
                                local sent, why, detail = ussd.push{msisdn = (...).msisdn, text = "x"}
                                return tostring(sent) .. " " .. why .. " " .. tostring(detail:find("ussd.defer", 1, true) ~= nil)
                                """,
                                """
                                test "own"
                                from 27761485722
                                dial *1#
                                respond nil in_dialog true
                                no pushes 27761485722
                                """))
                .isEmpty();
    }

    @Test
    void a_script_that_waits_no_more_withdraws_its_push() throws Exception {
        assertThat(
                        failures(
                                "ussd.push{msisdn = '27829000001', text = 'x'}",
                                ON + "script: {max_time: 3s}\n",
                                """
                                test "withdrawn"
                                given push 27829000001 never
                                dial *1#
                                wait 4s
                                abort
                                pushes 27829000001 cancelled
                                stat calls.push.notify.left 1
                                """))
                .isEmpty();
    }

    @Test
    void a_script_that_waits_for_a_push_when_its_subscriber_leaves_is_not_switched_off()
            throws Exception {
        assertThat(
                        failures(
                                """
                                ussd.menu("Ask her?")
                                ussd.push{msisdn = "27829000001", text = "Agree?", kind = "menu"}
                                """,
                                ON + "script: {max_kills: 1, grace_time: 3s}\n",
                                """
                                test "on"
                                given push 27829000001 never
                                dial *1#
                                menu Ask her?
                                answer 1
                                abandon
                                wait 4s
                                edr USSD-SHUTDOWN EXCEPTION~".*not finished within 3.000s.*"
                                pushes 27829000001 cancelled
                                stat calls.push.menu.left 1
                                dial *1#
                                menu Ask her?
                                answer 1
                                abandon
                                """))
                .isEmpty();
    }

    // ---- what is wrong with a call

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{text = 'x'}|msisdn is missing: an international number: 5 to 15 digits, country code first, without + or 00",
                "{msisdn = '+2782' .. '9000001', text = 'x'}|option msisdn: an international number: 5 to 15 digits, country code first, without + or 00; got the text \"+27829000001\"",
                "{msisdn = '082' .. '9000001', text = 'x'}|option msisdn: an international number",
                "{msisdn = {}, text = 'x'}|option msisdn: an international number: 5 to 15 digits, country code first, without + or 00; got a table",
                "{msisdn = '27829000001'}|one of text and script_key is needed, and not both",
                "{msisdn = '27829000001', text = 'x', script_key = 'survey'}|one of text and script_key is needed, and not both",
                "{msisdn = '27829000001', text = '' .. ''}|the text is empty: 1 to 182 septets are allowed",
                "{msisdn = '27829000001', text = ('x'):rep(183)}|the text is too long: 183 septets, 182 are allowed",
                "{msisdn = '27829000001', text = 'x', kind = 'note' .. 's'}|option kind: \"notify\" or \"menu\"; got the text \"notes\"",
                "{msisdn = '27829000001', script_key = 'survey', kind = 'menu'}|option kind: only with text",
                "{msisdn = '27829000001', text = 'x', args = {}}|option args: only with script_key",
                "{msisdn = '27829000001', script_key = 'survey', args = {1}}|option args: a table with names; got a table",
                "{msisdn = '27829000001', script_key = 'survey', args = {f = print}}|a function has no form in JSON",
                "{msisdn = '27829000001', script_key = 'sur' .. 'vay'}|'survay' is none of push: scripts; did you mean survey?",
                "{msisdn = '27829000001', text = 'x', expires = '1' .. 'y'}|option expires: more than 0 and at most 30d",
                "{msisdn = '27829000001', text = 'x', priority = 'h' .. 'igh'}|option priority: \"urgent\", \"normal\" or \"low\"; got the text \"high\"",
                "{msisdn = '27829000001', text = 'x', callback = 1 + 0}|option callback: true or false; got 1",
                "{msisdn = '27829000001', text = 'x', at_least_once = 'y' .. ''}|option at_least_once: true or false; got the text \"y\"",
                "{msisdn = '27829000001', text = 'x', alerting_pattern = 255 + 1}|option alerting_pattern: a whole number from 0 to 255; got 256",
                "{msisdn = '27829000001', text = 'x', idempotency_key = '' .. 'a b'}|option idempotency_key: 1 to 128 printable characters of ASCII, without blanks; got the text \"a b\"",
                "{msisdn = '27829000001', text = 'x', ['tex' .. 't2'] = 1}|unknown option 'text2'; did you mean text?",
                "{msisdn = '27829000001', text = 'x', [1] = 1}|unknown option '1'; allowed are alerting_pattern, args,",
            })
    void a_wrong_argument_is_an_error_at_the_callers_line(String order, String words)
            throws Exception {
        for (String function : List.of("push.send", "ussd.push")) {
            String script =
                    """
                    local call = %s
                    local good, message = pcall(function()
                      call(%s)
                    end)
                    assert(not good)
                    log.info("%%s", message)
                    return "x"
                    """
                            .formatted(function, order);
            String line = "log contains \"main.lua:3: " + function + ": " + quoted(words) + "\"\n";
            assertThat(failures(script, "test \"t\"\ndial *1#\nrespond x\n" + line)).isEmpty();
        }
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Test
    void a_secret_answer_is_pushed_nowhere() throws Exception {
        String script =
                """
                local pin = ussd.menu("PIN?", {secret = true})
                local orders = {
                  {msisdn = "27829000001", text = pin}, {msisdn = pin, text = "x"},
                  {msisdn = "27829000001", text = "x", idempotency_key = pin},
                  {msisdn = "27829000001", script_key = "survey", args = {deep = {pin}}},
                  {msisdn = "27829000001", script_key = "survey", args = {[pin] = 1}},
                }
                for i, order in ipairs(orders) do
                  for _, f in ipairs{push.send, ussd.push} do
                    local good, message = pcall(f, order)
                    assert(not good and message:find("is a secret answer", 1, true), i .. tostring(message))
                    assert(not message:find("1234", 1, true))
                  end
                end
                assert(not pcall(push.status, pin) and not pcall(push.cancel, pin))
                return "good"
                """;
        assertThat(
                        failures(
                                script,
                                "test \"t\"\ndial *1#\nmenu PIN?\nanswer 1234\nrespond good\nno pushes 27829000001\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "push.send{msisdn = '+27829000001', text = 'x'}|1:11: push.send: option msisdn: an international number: 5 to 15 digits, country code first, without + or 00; got the text \"+27829000001\"",
                "push.send{msisdn = '27829000001', text = ''}|push.send: option text: a text that fits in one message; got the text \"\"",
                "push.send{msisdn = '27829000001', script_key = 'survay'}|push.send: option script_key: 'survay' is none of push: scripts; did you mean survey?",
                "push.send{msisdn = '27829000001', script_key = 'x'}|push.send: option script_key: 'x' is none of push: scripts; it lists survey, offer",
                "push.send{msisdn = '27829000001', txt = 'x'}|push.send: unknown option 'txt'; did you mean text?",
                "push.send{msisdn = '27829000001', text = 'x', expires = '20d'}|push.send: option expires: 20d is longer than a push may wait (push: max_expires)",
                "push.send{msisdn = '27829000001', text = 'x', callback = true}|push.send: option callback: nobody can be told: the rules have no push: callback",
                "push.send{msisdn = '27829000001', text = 'x', priority = 'high'}|push.send: option priority: \"urgent\", \"normal\" or \"low\"",
                "ussd.push{msisdn = '2782', text = 'x'}|1:11: ussd.push: option msisdn: an international number",
                "ussd.push{msisdn = '27829000001', script_key = 'survay'}|ussd.push: option script_key: 'survay' is none of push: scripts; did you mean survey?",
            })
    void a_call_that_is_written_out_is_checked_with_the_scripts(String script, String words) {
        assertThatThrownBy(() -> configuration(script, ON))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("main.lua:1:")
                .hasMessageContaining(words);
    }

    @Test
    void without_the_section_no_call_is_checked_as_good() throws Exception {
        for (String call :
                List.of(
                        "push.send{msisdn = '27829000001', text = 'x'}",
                        "push.status('x')",
                        "push.cancel('x')",
                        "ussd.push{msisdn = '27829000001', text = 'x'}")) {
            assertThatThrownBy(() -> configuration(call, ""))
                    .as(call)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(
                            "the rules have no section push, so there are no pushes; push: {route: hlr} is the shortest one");
        }
        assertThat(
                        failures(
                                """
                                local good, message = pcall(push["send"], {msisdn = "27829000001", text = "x"})
                                return message
                                """,
                                "",
                                "test \"t\"\ndial *1#\nrespond contains the rules have no section push\n"))
                .isEmpty();
    }

    /** The stand-in of a test refuses what the engine refuses, in the same words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{msisdn = '27829000001', text = 'x', expires = 8 * 24 * 3600}|allowed is a later time, at most 7d after the order (push: max_expires)",
                "{msisdn = '27829000001', script_key = 'survey', args = {n = ('x'):rep(4100)}}|args has 4108 characters of JSON; allowed are 4096",
                "{msisdn = '27829000001', text = 'x', callback = 1 == 1}|it asks for a callback, and the rules name none (push: callback)",
            })
    void a_test_refuses_what_the_engine_refuses(String order, String words) throws Exception {
        assertThat(
                        failures(
                                """
                                local good, message = pcall(push.send, %s)
                                assert(not good, "it was accepted")
                                assert(message:find("%s", 1, true), message)
                                return "refused"
                                """
                                        .formatted(order, words),
                                """
                                test "t"
                                dial *1#
                                respond refused
                                no pushes 27829000001
                                """))
                .isEmpty();
    }

    // ---- lines of dialog tests

    @Test
    void lines_that_are_not_so_fail_the_test() throws Exception {
        assertThat(
                        failures(
                                """
                                push.send{msisdn = "27829000001", text = "Hello"}
                                push.send{msisdn = "27829000009", text = "Nobody gave this"}
                                return "x"
                                """,
                                """
                                test "t"
                                given push 27829000001 failed ussd_busy
                                given push 27829000002 completed
                                dial *1#
                                respond x
                                pushes 27829000001 completed
                                pushes 27829000001 shows Bye
                                pushes 27829000002
                                no pushes 27829000001 ussd_busy
                                """))
                .hasSize(5)
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains(
                                                "push: expected such a push, but there was: notify \"Hello\", failed ussd_busy"))
                .contains(
                        "t: push: expected such a push, but there was none to 27829000002",
                        "t: push: expected no such push, but there was: notify \"Hello\", failed ussd_busy")
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains(
                                                "no 'given push' says what becomes of a push to 27829000009: Nobody gave this"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "given push 27829000001|MSISDN completed, MSISDN answers TEXT",
                "given push 0829 completed|MSISDN completed",
                "given push 27829000001 failed tired|failed ussd_busy, system_failure",
                "given push 27829000001 after 5 completed|after: a whole number with a unit",
                "given push refused maybe|refused full, conflict, unavailable, stopping",
                "given push 27829000001 queued|MSISDN completed",
            })
    void a_given_that_says_nothing_is_a_mistake(String line, String words) {
        assertThatThrownBy(() -> failures("return 'x'", "test \"t\"\n" + line + "\ndial *1#\n"))
                .isInstanceOf(DialogFileException.class)
                .hasMessageContaining("x.dialog:2:12")
                .hasMessageContaining(words);
    }

    @Test
    void a_check_that_says_nothing_is_a_mistake() {
        for (String line :
                List.of("pushes nobody", "no pushes", "pushes 27829000001 tired", "pushes x y")) {
            assertThatThrownBy(() -> failures("return 'x'", "test \"t\"\ndial *1#\n" + line + "\n"))
                    .as(line)
                    .isInstanceOf(DialogFileException.class)
                    .hasMessageContaining("MSISDN, MSISDN shows TEXT");
        }
    }
}
