package io.moondial.cli.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ussd handset} as a person meets it: what it prints where, and its exit code. */
class HandsetCommandTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void rules() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                "local r = ... return (r.msisdn or 'nobody') .. ' said '"
                        + " .. (ussd.menu('Well?') or 'nothing')");
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                script: {max_instructions: 100000}
                log: {level: error}
                """);
    }

    private int handset(String program, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("program.lua"), program);
        return run(file, options);
    }

    private int run(Path file, String... options) {
        Stream<String> fixed =
                Stream.of("handset", "--rules", folder.resolve("rules.yaml").toString());
        Stream<String> all =
                Stream.of(fixed, Stream.of(options), Stream.of(file.toString())).flatMap(s -> s);
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    private String edrs() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            return Files.readString(files.toList().getFirst());
        }
    }

    private static final String ANSWERING =
            """
            ussd.setCallback(function(args)
              print(args)
              if ussd.getSessionState() then ussd.send("yes") end
            end)
            ussd.send("*1#")
            """;

    @Test
    void a_program_holds_a_dialog_and_leaves_complete_records() throws IOException {
        assertThat(handset(ANSWERING, "--msisdn", "27761485722")).isZero();
        assertThat(out.toString().lines())
                .containsExactly("(0, 'Well?', 15, 0)", "(0, '27761485722 said yes', 15, 0)");
        assertThat(err.toString()).isEmpty();
        assertThat(edrs()).contains("USSD-PROCESS-R|TEXT=27761485722 said yes", "NUM_EDRS=4");
    }

    @Test
    void a_menu_left_open_is_given_up_with_the_program() throws IOException {
        assertThat(handset("ussd.send('*1#')")).isZero();
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "ussd: the program ended while a menu waited: the handset gives up");
        assertThat(edrs()).contains("USSD-ABORT|DIRECTION=in", "REASON=Abandon");
    }

    @Test
    void an_error_ends_with_1_and_tells_its_place_and_its_calls() throws IOException {
        assertThat(handset("local function f()\n  local x = nil .. 'x'\nend\nf()"))
                .isEqualTo(ExitCode.FAILED);
        Path file = folder.resolve("program.lua");
        assertThat(err.toString())
                .startsWith("ussd: the program failed: " + file + ":2: attempt to concatenate")
                .contains("\n    " + file + ":2: in ", "\n    " + file + ":4: in ");
    }

    @Test
    void an_error_in_a_callback_ends_with_1_once_the_program_has_ended() throws IOException {
        assertThat(
                        handset(
                                "ussd.setCallback(function()\nerror('boom')\nend)\n"
                                        + "ussd.send('*1#')"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains("ussd: a callback failed: " + folder.resolve("program.lua") + ":2: boom");
    }

    @Test
    void the_limits_are_those_of_the_rules() throws IOException {
        assertThat(handset("while true do end")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("used up max_instructions: 100000 units");
    }

    @Test
    void a_program_that_does_not_compile_ends_with_2_and_shows_the_line() throws IOException {
        assertThat(handset("local x = = 1")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("program.lua:1:", "\nlocal x = = 1\n");
        assertThat(folder.resolve("edr")).doesNotExist();
    }

    @Test
    void a_program_that_is_not_there_ends_with_2() {
        assertThat(run(folder.resolve("nowhere.lua"))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("nowhere.lua: there is no such file");
    }

    @Test
    void a_folder_is_no_program() {
        assertThat(run(folder)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("this is a folder: name a file");
    }

    @Test
    void bad_usage_ends_with_2() throws IOException {
        assertThat(handset("print(1)", "--ssn", "255")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(handset("print(1)", "--imsi", "655011420096316", "--destination", "333"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .contains("--ssn is 255; 1 to 254 is allowed", "name one of them");
        assertThat(out.toString()).isEmpty();
    }
}
