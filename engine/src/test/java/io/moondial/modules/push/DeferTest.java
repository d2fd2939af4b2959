package io.moondial.modules.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
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

/** ussd.defer: the dialog ends, the script goes on, and what it returns is pushed. */
class DeferTest {
    private static final List<ApiModule> MODULES = BuiltInModules.create();
    private static final String ON =
            """
            push: {route: hlr}
            http: {upstreams: {billing: {url: "http://127.0.0.1"}}}
            """;

    @TempDir Path folder;

    private Configuration configuration(String script, String section) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), script);
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                "process: {error_message: 'Try again.', triggers: [{script_key: main}]}\n"
                        + "notify: {triggers: [{script_key: main}]}\n"
                        + section);
        return Configuration.read(rules, CompilationObserver.NONE, MODULES);
    }

    private List<String> failures(String script, String section, String dialog) throws Exception {
        String test = "test \"t\"\nfrom 27761485722\n" + dialog;
        return new Suite(
                        configuration(script, section),
                        DialogFile.of(folder.resolve("x.dialog"), test).tests(MODULES),
                        new Suite.Options(1, false))
                .run(it -> {}).stream()
                        .flatMap(it -> it.failures().stream().map(fault -> fault.message()))
                        .toList();
    }

    @Test
    void what_the_script_returns_later_is_pushed() throws Exception {
        assertThat(
                        failures(
                                """
                                assert(ussd.defer("We will tell you") == true)
                                local answer = http.get("billing", "/balance", {timeout = "60s"})
                                return "Balance " .. answer.json.balance
                                """,
                                ON,
                                """
                                given push 27761485722 completed
                                given http GET billing /balance answers after 40s 200 {"balance": 5}
                                dial *1#
                                respond We will tell you
                                no pushes 27761485722
                                wait 39s
                                no pushes 27761485722
                                wait 1s
                                pushes 27761485722 shows Balance 5
                                stat calls.push.send.accepted 1
                                edrs USSD-PROCESS USSD-PROCESS-R
                                """))
                .isEmpty();
    }

    @Test
    void a_script_that_returns_no_text_has_nothing_more_to_say() throws Exception {
        assertThat(
                        failures(
                                "ussd.defer('We have noted it') log.info('noted')",
                                ON,
                                "dial *1#\nrespond We have noted it\nlog contains noted\nno pushes 27761485722\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "error('boom')|boom",
                "return ('x'):rep(183)|ussd.defer: the returned text cannot be pushed: the text is too long: 183 septets",
                "http.get('billing', '/slow', {timeout = '60s'})|max_time",
                "while true do end|max_instructions",
                "ussd.menu('More?')|the dialog has already been ended by ussd.defer",
                "ussd.defer('Again')|the dialog has already been ended by ussd.defer",
            })
    void if_it_fails_the_subscriber_is_told_so(String rest, String words) throws Exception {
        assertThat(
                        failures(
                                "ussd.defer('We will tell you')\n" + rest,
                                ON + "script: {max_time: 10s}\n",
                                """
                                given push 27761485722 completed
                                given http GET billing /slow answers after 50s 200
                                dial *1#
                                respond We will tell you
                                wait 11s
                                pushes 27761485722 shows Try again.
                                edr USSD-SHUTDOWN EXCEPTION~".*%s.*"
                                """
                                        .formatted(words)))
                .filteredOn(it -> !it.contains("given http GET billing /slow")) // not all call it
                .isEmpty();
    }

    @Test
    void a_secret_answer_is_not_pushed() throws Exception {
        assertThat(
                        failures(
                                "local pin = ussd.menu('PIN?', {secret = true})\nussd.defer('Wait')\nreturn pin",
                                ON,
                                """
                                given push 27761485722 completed
                                dial *1#
                                menu PIN?
                                answer 1234
                                respond Wait
                                pushes 27761485722 shows Try again.
                                no pushes 27761485722 shows 1234
                                """))
                .isEmpty();
    }

    @Test
    void what_cannot_be_pushed_is_logged_and_harms_nobody() throws Exception {
        assertThat(
                        failures(
                                "ussd.defer('Wait')\nreturn 'x'",
                                ON,
                                """
                                given push refused full
                                dial *1#
                                respond Wait
                                log contains "ussd.defer: what was promised is not pushed: given push refused full"
                                stat calls.push.send.full 1
                                """))
                .isEmpty();
        assertThat(
                        failures(
                                "ussd.defer('Wait')\nerror('x')",
                                ON,
                                """
                                given push refused unavailable
                                dial *1#
                                respond Wait
                                log contains "ussd.defer: what was promised is not pushed: given push refused unavailable"
                                """))
                .isEmpty();
    }

    @Test
    void a_subscriber_who_has_left_is_not_told_anything() throws Exception {
        assertThat(
                        failures(
                                """
                                ussd.menu("Sure?")
                                http.get("billing", "/slow", {timeout = "5s"})
                                local done, why = ussd.defer("We will tell you")
                                log.info("%s %s", done, why)
                                return "x"
                                """,
                                ON,
                                """
                                given http GET billing /slow answers after 2s 200
                                dial *1#
                                menu Sure?
                                answer 1
                                wait 1s
                                abandon
                                wait 2s
                                log contains nil abandon
                                no pushes 27761485722
                                """))
                .isEmpty();
    }

    @Test
    void where_nobody_can_be_pushed_to_it_is_refused_before_the_dialog_ends() throws Exception {
        String script =
                "local good, message = pcall(ussd.defer, 'Wait')\nlog.info('%s %s', good, message)\nreturn 'x'";
        assertThat(
                        failures(
                                script.replace("ussd.defer", "ussd['defer']"),
                                "",
                                "dial *1#\nrespond x\nlog contains ussd.defer: the rules have no section push\n"))
                .isEmpty();
        assertThat(
                        new Suite(
                                        configuration(script, ON),
                                        DialogFile.of(
                                                        folder.resolve("x.dialog"),
                                                        "test \"t\"\ndial *1#\nrespond x\nlog contains ussd.defer: the request has no msisdn\n")
                                                .tests(MODULES),
                                        new Suite.Options(1, false))
                                .run(it -> {})
                                .getFirst()
                                .failures())
                .isEmpty();
        assertThat(
                        failures(
                                "local good, message = pcall(ussd.defer, 'Wait') log.info('%s', message)",
                                ON,
                                "push news\nacknowledge\nlog contains ussd.defer: not in the script of an inbound notify\n"))
                .isEmpty();
        assertThatThrownBy(() -> configuration("ussd.defer('Wait')", ""))
                .hasMessageContaining(
                        "main.lua:1:6: ussd.defer: the rules have no section push, so there are no pushes");
    }
}
