package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.file.PipesAndDevices;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pipes and devices in the place of every file that a person names: no verb reads them for ever.
 */
@Timeout(120)
class EndlessFilesTest {
    private static final String NO_FILE = "not a plain file";

    @TempDir Path folder;
    private Path rules;
    private Path scripts;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int ussd(String... arguments) {
        return InProcess.ussd(out, err, arguments);
    }

    @BeforeEach
    void write() throws IOException {
        scripts = Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("main.lua"), "return 'x'");
        rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: [{script_key: main}]}");
    }

    /** A pipe, and a link to a device, each at this path in turn. */
    private void endless(Path at, Runnable check) throws Exception {
        Files.deleteIfExists(at);
        PipesAndDevices.pipe(at);
        check.run();
        Files.delete(at);
        Files.createSymbolicLink(at, Path.of("/dev/zero"));
        check.run();
    }

    @Test
    void as_rules() throws Exception {
        endless(
                rules,
                () -> {
                    for (List<String> verb :
                            List.of(
                                    List.of("check"),
                                    List.of("serve"),
                                    List.of("dial", "*1#"),
                                    List.of("test"))) {
                        err.getBuffer().setLength(0);
                        String[] all = new String[verb.size() + 2];
                        verb.toArray(all);
                        all[verb.size()] = "--rules";
                        all[verb.size() + 1] = rules.toString();
                        assertThat(ussd(all)).isEqualTo(ExitCode.BAD_INPUT);
                        assertThat(err.toString()).startsWith(rules + ": " + NO_FILE);
                    }
                    // no engine runs here; one that did would be asked though its rules are broken
                    err.getBuffer().setLength(0);
                    assertThat(ussd("status", "--rules", rules.toString()))
                            .isEqualTo(ExitCode.NOT_STARTED);
                    assertThat(err.toString()).contains(NO_FILE);
                });
    }

    @Test
    void as_a_script() throws Exception {
        PipesAndDevices.pipe(scripts.resolve("pipe.lua"));
        assertThat(ussd("check", "--rules", rules.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith(scripts.resolve("pipe.lua") + ": " + NO_FILE);
    }

    @Test
    void as_a_dialog_file() throws Exception {
        Path dialog = folder.resolve("x.dialog");
        endless(
                dialog,
                () -> {
                    err.getBuffer().setLength(0);
                    assertThat(ussd("test", "--rules", rules.toString(), dialog.toString()))
                            .isEqualTo(ExitCode.BAD_INPUT);
                    assertThat(err.toString()).startsWith(dialog + ": " + NO_FILE);
                });
    }

    @Test
    void as_a_program_of_the_handset() throws Exception {
        Path program = folder.resolve("x.lua");
        endless(
                program,
                () -> {
                    err.getBuffer().setLength(0);
                    assertThat(ussd("handset", "--rules", rules.toString(), program.toString()))
                            .isEqualTo(ExitCode.BAD_INPUT);
                    assertThat(err.toString()).startsWith(program + ": " + NO_FILE);
                });
    }
}
