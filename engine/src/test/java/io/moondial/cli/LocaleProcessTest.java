package io.moondial.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command in the locale C, in which the names of files have ASCII characters only. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocaleProcessTest {
    @TempDir Path folder;

    @Test
    void a_file_whose_name_has_no_characters_in_the_locale_is_named_as_any_other_that_is_wrong()
            throws Exception {
        Files.createDirectories(folder.resolve("scripts/lang"));
        Files.writeString(folder.resolve("rules.yaml"), "process: {}\n");
        // by the shell: the tests may run in that locale too
        Process shell =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "name=$(printf 'Fran\\303\\247ais') && : > \"$0/$name.lua\" && : > \"$0/lang/$name.yaml\"",
                                folder.resolve("scripts").toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(new String(shell.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(shell.waitFor()).isZero();

        ProcessBuilder check =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "check",
                        "--rules",
                        folder.resolve("rules.yaml").toString());
        check.environment().put("LC_ALL", "C");
        Process ussd = check.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();

        List<String> said = ussd.errorReader(UTF_8).readAllLines();
        assertThat(said)
                .anySatisfy(it -> assertThat(it).contains(".lua: a script's name has 1 to 64 of"))
                .anySatisfy(it -> assertThat(it).contains(".yaml: the name before .yaml must be"))
                .noneSatisfy(it -> assertThat(it).contains("Exception"));
        assertThat(ussd.waitFor()).isEqualTo(ExitCode.BAD_INPUT);
    }
}
