package io.moondial.modules.ussd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.moondial.Configuration;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.dialogtest.language.DialogFileException;
import io.moondial.dialogtest.run.Suite;
import io.moondial.dialogtest.run.TestResult;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.api.ApiModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other nodes as dialog tests have them: they say what is given, in the test's time. */
class OtherNodesInDialogTestsTest {
    private static final List<ApiModule> MODULES = BuiltInModules.create();

    @TempDir Path folder;

    @BeforeEach
    void writeScript() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local request = ...
                local far, why, detail = ussd.open{to = "old", text = request.text}
                while far and far.open do
                  local ok
                  if far.kind == "menu" then
                    local answer = ussd.menu(far.text, {secret = far.text == "PIN?"})
                    ok, why = far:answer(answer)
                  else
                    ussd.notify(far.text)
                    ok, why = far:answer()
                  end
                  if not ok then far = nil end
                end
                return far and far.text or why
                """);
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {menu_timeout: 30s, triggers: [{script_key: main}]}
                ussd: {nodes: {old: {global_title: "27829000003"}}}
                """);
    }

    private List<String> failuresOf(String dialog) throws Exception {
        List<TestResult> results =
                new Suite(
                                Configuration.read(
                                        folder.resolve("rules.yaml"),
                                        CompilationObserver.NONE,
                                        MODULES),
                                DialogFile.of(folder.resolve("x.dialog"), "test \"it\"\n" + dialog)
                                        .tests(MODULES),
                                new Suite.Options(1, false))
                        .run(it -> {});
        return results.stream()
                .flatMap(it -> it.failures().stream().map(fault -> fault.message()))
                .toList();
    }

    @Test
    void a_conversation() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                given ussd "*200#" after 2s notify "Wait"
                                given ussd acknowledgement menu "PIN?"
                                given ussd "****" final "You have 5"
                                dial *200#
                                wait 2s
                                notify "Wait"
                                menu "PIN?"
                                answer 4711
                                respond "You have 5"
                                ussd "*200#"
                                ussd acknowledgement
                                no ussd error 72
                                """))
                .isEmpty();
    }

    /** The example of dialog-grammar.md, and what a test is told that forgets to wait. */
    @Test
    void a_node_that_answers_later_is_waited_for() throws Exception {
        String example =
                Files.readString(
                                Path.of(
                                        requireNonNull(System.getProperty("moondial.root")),
                                        "engine/docs/dialog-grammar.md"))
                        .transform(it -> it.substring(it.indexOf("  given ussd \"*200#\"")))
                        .transform(it -> it.substring(0, it.indexOf("  ```")))
                        .replaceAll("(?m)^  ", "");
        assertThat(example).contains("wait 2s");
        assertThat(failuresOf(example)).isEmpty();
        assertThat(failuresOf(example.replace("wait 2s\n", "")))
                .first(STRING)
                .startsWith("expected 'respond', nothing comes: the script waits")
                .endsWith("; the other node answers in 2s ('wait 2s' stands before it)");
    }

    @ParameterizedTest
    @CsvSource({
        "error 36,error",
        "abort,abort",
        "closed,closed",
        "refused,refused",
        "unreachable,unreachable",
        "timeout,timeout",
        "protocol,protocol",
        "undecodable,undecodable",
        "busy,busy",
        "after 40s menu \"late\",timeout"
    })
    void whatever_goes_wrong(String given, String why) throws Exception {
        String dialog =
                """
                given ussd "*200#" %s
                dial *200#
                after 1m respond "%s"
                """
                        .formatted(given, why);
        assertThat(
                        failuresOf(
                                given.startsWith("timeout") || given.startsWith("after")
                                        ? dialog.replace("after 1m ", "wait 1m\n")
                                        : dialog.replace("after 1m ", "")))
                .isEmpty();
    }

    @Test
    void a_script_that_waits_for_a_node_when_its_subscriber_leaves_is_not_switched_off()
            throws Exception {
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {menu_timeout: 30s, triggers: [{script_key: main}]}
                ussd: {nodes: {old: {global_title: "27829000003"}}}
                script: {max_kills: 1, grace_time: 3s}
                """);
        assertThat(
                        failuresOf(
                                """
                                given ussd "*200#" menu "1. Balance"
                                given ussd "1" after 20s final "late"
                                given ussd "*200#" final "Bye"
                                dial *200#
                                menu "1. Balance"
                                answer 1
                                abandon
                                wait 2999ms
                                no edr USSD-SHUTDOWN
                                wait 10ms
                                edr USSD-SHUTDOWN EXCEPTION~".*not finished within 3.000s.*"
                                stat calls.ussd.old.left 1
                                dial *200#
                                respond "Bye"
                                """))
                .isEmpty();
    }

    @Test
    void what_no_given_answers_fails_the_test() throws Exception {
        assertThat(
                        failuresOf(
                                """
                                given ussd "*200#" menu "1. Balance"
                                dial *200#
                                menu "1. Balance"
                                answer 2
                                respond "abort"
                                ussd "3"
                                """))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains("no 'given ussd' answers \"2\" at another node"))
                .anySatisfy(
                        it ->
                                assertThat(it)
                                        .contains(
                                                "what was sent to other nodes is [\"*200#\", \"2\"]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "given ussd *200# menu \"x\"",
                "given ussd \"*200#\"",
                "given ussd \"*200#\" menu x",
                "given ussd \"*200#\" soon menu \"x\"",
                "given ussd \"\\q\" menu \"x\"",
                "ussd *200#"
            })
    void lines_that_are_wrong_are_found_while_the_file_is_read(String line) throws Exception {
        String dialog =
                "test \"it\"\n"
                        + (line.startsWith("given")
                                ? line + "\ndial *1#\n"
                                : "dial *1#\n" + line + "\n");
        assertThatThrownBy(() -> DialogFile.of(folder.resolve("x.dialog"), dialog).tests(MODULES))
                .isInstanceOf(DialogFileException.class);
    }
}
