package io.moondial.cli.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recorded conversation holds no secret, and nothing that is another in every run. */
class RecordedSecretsTest {
    private static final String PAYS =
            """
            local pin
            repeat
              pin = ussd.menu("PIN?", {secret = true})
            until pin:match("^%d%d%d%d$")
            local amount = ussd.menu("Amount?")
            return "Paid " .. amount
            """;

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path recorded;

    @BeforeEach
    void writeRules() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        rules("{script_key: main}");
        recorded = folder.resolve("scripts/new.dialog");
    }

    private void rules(String trigger) throws IOException {
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {triggers: [" + trigger + "]}\nlog: {level: error}\n");
    }

    private void script(String lua) throws IOException {
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
    }

    private int ussd(String verb, String... arguments) {
        List<String> all =
                new ArrayList<>(List.of(verb, "--rules", folder.resolve("rules.yaml").toString()));
        all.addAll(List.of(arguments));
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    private void rehearse(String... lines) {
        InputStream before = System.in;
        String typed = String.join("\n", lines) + "\n";
        System.setIn(new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(ussd("test", "--record", recorded.toString())).as(err.toString()).isZero();
        } finally {
            System.setIn(before);
        }
    }

    private void assertItPasses() {
        assertThat(ussd("test")).as(out.toString()).isZero();
    }

    @Test
    void a_secret_answer_of_a_rehearsal_is_asterisks_that_are_answered_with_a_stand_in()
            throws IOException {
        script(PAYS);
        rehearse("dial *1#", "answer 12", "answer 5000", "answer 5000");
        assertThat(recorded)
                .hasContent(
                        """
                        test "dial *1#"
                        dial *1#
                        menu PIN?
                        answer **
                        menu PIN?
                        answer ****
                        menu Amount?
                        answer 5000
                        respond Paid 5000
                        """);
        assertItPasses();
    }

    @Test
    void a_secret_answer_of_a_dial_is_asterisks_in_the_file_and_on_the_console()
            throws IOException {
        script(PAYS);
        assertThat(ussd("dial", "--record", recorded.toString(), "*1#", "4711", "4711")).isZero();
        assertThat(out.toString())
                .isEqualTo(
                        """
                        menu PIN?
                        answer ****
                        menu Amount?
                        answer 4711
                        respond Paid 4711
                        """);
        assertThat(recorded).content().containsOnlyOnce("answer ****\n").contains("answer 4711\n");
        assertItPasses();
    }

    @Test
    void a_secret_answer_that_comes_late_or_ends_the_dialog_is_asterisks_too() throws IOException {
        script("ussd.menu('PIN?', {secret = true})\nussd.menu('Or?', {secret = true})");
        rehearse("dial *1#", "wait 30s", "late answer 4711", "answer and release 0815");
        assertThat(recorded)
                .content()
                .contains("late answer ****\n", "answer and release ****\n")
                .doesNotContain("4711")
                .doesNotContain("0815");
        assertItPasses();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "*"})
    void a_key_that_a_secret_question_offers_is_recorded_as_it_is(String back) throws IOException {
        script(
                """
                return menu.flow(function()
                  local amount = menu.ask{"Amount?"}
                  local pin = menu.pin{"PIN?"}
                  return "Paid " .. amount
                end, {back = "%s"})
                """
                        .formatted(back));
        String expected =
                """
                test "dial *1#"
                dial *1#
                menu Amount?
                answer 50
                menu PIN?
                     KEY. Back
                answer KEY
                menu Amount?
                answer 60
                menu PIN?
                     KEY. Back
                answer ****
                respond Paid 60
                """
                        .replace("KEY", back);

        rehearse("dial *1#", "answer 50", "answer " + back, "answer 60", "answer 4711");

        assertThat(recorded).hasContent(expected);
        assertItPasses();

        Files.delete(recorded);
        assertThat(ussd("dial", "--record", recorded.toString(), "*1#", "50", back, "60", "4711"))
                .isZero();
        assertThat(recorded).hasContent(expected);
        assertThat(out.toString()).contains("answer " + back + "\n", "answer ****\n");
    }

    @Test
    void an_answer_is_a_secret_again_where_the_key_is_not_offered() throws IOException {
        script("return (ussd.menu('PIN?', {secret = true, keys = {'00'}}))");
        rehearse("dial *1#", "answer 0");
        rehearse("dial *1#", "answer 00");
        assertThat(recorded)
                .content()
                .contains("menu PIN?\nanswer *\nrespond ~ .*\n")
                .endsWith("menu PIN?\nanswer 00\nrespond 00\n");
        assertItPasses();
    }

    @Test
    void asterisks_for_a_menu_that_is_not_secret_are_sent_as_they_are() throws IOException {
        script("return 'You said ' .. ussd.menu('Well?')");
        rehearse("dial *1#", "answer ****");
        assertThat(recorded).content().contains("respond You said ****\n");
        assertItPasses();
    }

    @Test
    void a_screen_that_is_the_secret_itself_is_recorded_as_any() throws IOException {
        script("return (ussd.menu('PIN?', {secret = true}))");
        rehearse("dial *1#", "answer 4711");
        assertThat(recorded).content().endsWith("answer ****\nrespond ~ .*\n");
        assertItPasses();
    }

    @Test
    void ids_of_the_dialog_are_recorded_as_expressions() throws IOException {
        script(
                """
                local request = ...
                ussd.menu("Ticket (" .. INSTANCE_ID .. ")?\\n 1. $5*")
                return request.local_tid .. " " .. request.remote_tid
                """);
        assertThat(ussd("dial", "--record", recorded.toString(), "*1#", "1")).isZero();
        assertThat(recorded)
                .content()
                .contains(
                        "menu ~ Ticket \\(\\S+-\\d+-[0-9a-f]{8}\\)\\?\\n 1\\. \\$5\\*\n",
                        "respond ~ [0-9a-f]{8} [0-9a-f]{8}\n");
        rehearse("dial *1#", "answer 1");
        assertItPasses();
    }

    @Test
    void what_a_trigger_masks_of_the_code_is_recorded_as_a_stand_in() throws IOException {
        rules("{ussd_string_prefix: '*1*', script_key: main, mask: {after: 2}}");
        script("local r = ...\nreturn r.text:match('^%*1%*%d%d%d%d%*%d#$') and 'Paid' or 'No'");
        assertThat(ussd("dial", "--record", recorded.toString(), "*1*4711*7#")).isZero();
        rehearse("dial *1*4711*7#");
        assertThat(recorded)
                .content()
                .contains("test \"dial *1*5917*3#\"\ndial *1*5917*3#\nrespond Paid\n")
                .contains("test \"dial *1*5917*3# (2)\"\n")
                .doesNotContain("4711");
        assertItPasses();
    }

    @Test
    void of_a_code_that_no_trigger_takes_nothing_behind_the_second_star_is_recorded()
            throws IOException {
        rules("{ussd_string_prefix: '*1*', script_key: main, mask: {after: 2}}");
        script("return 'Paid'");
        assertThat(ussd("dial", "--record", recorded.toString(), "*2*4711#")).isZero();
        assertThat(recorded).content().contains("dial *2*5917#\ndecline 36\n");
        assertItPasses();
    }

    @Test
    void a_conversation_with_an_engine_that_does_not_tell_its_secrets_is_not_recorded()
            throws IOException {
        script(PAYS);
        assertThat(ussd("dial", "--connect", "127.0.0.1:2", "--record", recorded.toString(), "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("--record and --connect cannot be combined");
        assertThat(recorded).doesNotExist();
    }
}
