package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} says of texts. */
class CheckedTextsTest {
    private static final Path CASE =
            Path.of(
                    Objects.requireNonNull(System.getProperty("moondial.root")),
                    "engine/src/test/resources/io/moondial/lang");

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private void copy() throws IOException {
        try (Stream<Path> files = Files.walk(CASE)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(CASE.relativize(file).toString());
                Files.createDirectories(Objects.requireNonNull(to.getParent()));
                Files.copy(file, to);
            }
        }
    }

    private int check() {
        return InProcess.ussd(out, err, "check", "--rules", folder.resolve("rules.yaml") + "");
    }

    private String said() {
        return err.toString().replace(folder + "/", "");
    }

    private static void assertGolden(String name, String actual) throws IOException {
        if (Boolean.getBoolean("moondial.update")) {
            Files.writeString(CASE.resolve(name), actual);
        }
        assertThat(actual).isEqualTo(Files.readString(CASE.resolve(name)));
    }

    @Test
    void every_problem_of_texts_is_named_with_its_place() throws IOException {
        copy();

        assertThat(check()).isEqualTo(ExitCode.BAD_INPUT);
        assertGolden("problems.txt", said());
    }

    @Test
    void a_text_that_the_default_language_lacks_is_to_be_removed_if_no_script_uses_it()
            throws IOException {
        service("ussd.notify(t 'main')\nussd.notify(t 'bye')\n");
        text("en", "main: Main\n");
        text("sw", "main: Kuu\nbye: Kwaheri\nold: Zamani\n");

        assertThat(check()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(said())
                .isEqualTo(
                        """
                        scripts/lang/sw.yaml:2:1: the default language 'en' has no text 'bye', so nothing can stand in for it where it is missing: add it to scripts/lang/en.yaml
                        bye: Kwaheri
                        ^
                        scripts/lang/sw.yaml:3:1: the default language 'en' has no text 'old', and no script uses it: remove it, or add it to scripts/lang/en.yaml
                        old: Zamani
                        ^
                        """);
    }

    @Test
    void which_texts_and_globals_are_used_is_not_judged_while_a_script_does_not_compile()
            throws IOException {
        service("local funtion pay()\n  return t 'main'\nend\n");
        text("en", "main: Main\n");
        Files.writeString(folder.resolve("scripts/other.lua"), "return helper(t 'nosuch')\n");

        assertThat(check()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(said())
                .isEqualTo(
                        """
                        scripts/main.lua:3:1: '<eos>' expected near 'end'; line 1 has 'funtion': did you mean function?
                        end
                        ^
                        scripts/other.lua:1:8: warning: undefined global 'helper'
                        return helper(t 'nosuch')
                               ^
                        scripts/other.lua:1:15: there is no text 'nosuch' in en
                        return helper(t 'nosuch')
                                      ^
                        """);
    }

    @Test
    void a_form_is_no_text_of_its_own_and_a_count_is_a_number() throws Exception {
        service(
                """
                ussd.notify(t('msgs', {count = '3'}))
                ussd.notify(t('msgs', {count = 3}))
                ussd.notify(t 'msgs.one')
                """);
        text("en", "msgs: {one: A message, other: \"{count} messages\"}\n");

        assertThat(check()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(said())
                .isEqualTo(
                        """
                        scripts/main.lua:1:13: the text 'msgs' has plural forms, and count is a number or a decimal; got the text "3"
                        ussd.notify(t('msgs', {count = '3'}))
                                    ^
                        scripts/main.lua:3:13: there is no text 'msgs.one': 'msgs' has plural forms, and the number chooses one: write t("msgs", {count = n})
                        ussd.notify(t 'msgs.one')
                                    ^
                        """);
    }

    private void service(String script) throws IOException {
        Files.createDirectories(folder.resolve("scripts/lang"));
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {triggers: [{script_key: main}]}\n");
        Files.writeString(folder.resolve("scripts/main.lua"), script);
    }

    private void text(String language, String texts) throws IOException {
        Files.writeString(folder.resolve("scripts/lang/" + language + ".yaml"), texts);
    }

    @Test
    void a_bucket_that_kv_does_not_have_is_named_with_its_place() throws IOException {
        copy();
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {}\ntexts:\n  bucket: lnguage\nkv: {buckets: {language: {}}}\n");

        assertThat(check()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(said())
                .startsWith(
                        "rules.yaml:3:11: bucket: bucket 'lnguage' is none of those that the rules list under kv: buckets; did you mean language?\n");
    }

    @Test
    void the_bucket_of_the_engine_itself_cannot_have_the_languages() throws IOException {
        copy();
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {}\ntexts:\n  bucket: menu.flow\n");

        assertThat(check()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(said())
                .startsWith(
                        "rules.yaml:3:11: bucket: bucket 'menu.flow' is the engine's own: flows keep their journals there; use another bucket\n");
    }

    @Test
    void texts_that_only_may_be_wrong_are_warnings() throws IOException {
        copy();
        for (String broken :
                List.of("sw.yaml", "ki.yaml", "English.yaml", "fr-CA.yaml", "am.yml")) {
            Files.delete(folder.resolve("scripts/lang").resolve(broken));
        }
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {triggers: [{script_key: main, language: ru}]}\n");
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                "return t 'terms' .. t(... and 'mail' or 'error.' .. tostring(...), {count = 1})\n");
        Files.writeString(
                folder.resolve("scripts/lang/en.yaml"),
                Files.readString(folder.resolve("scripts/lang/en.yaml")).replace("{mx}", "{max}"));
        Files.writeString(
                folder.resolve("scripts/lang/ru.yaml"),
                Files.readString(folder.resolve("scripts/lang/ru.yaml"))
                        .replaceAll("(?m)^only_russian.*\n|^terms.*\n", ""));

        assertThat(check()).as(err.toString()).isEqualTo(ExitCode.GOOD);
        assertGolden("warnings.txt", said());
    }
}
