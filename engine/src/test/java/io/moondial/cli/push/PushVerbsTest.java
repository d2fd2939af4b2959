package io.moondial.cli.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command and {@code ussd status} say of pushes of a whole engine. */
class PushVerbsTest {
    @TempDir Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Engine engine;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {triggers: [{script_key: main}]}\npush: {route: hlr}\n");
        engine = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        engine.openAdmin(List.of());
        engine.start();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private int ussd(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return InProcess.ussd(
                out,
                err,
                Stream.concat(
                                Stream.of(arguments),
                                Stream.of("--socket", engine.rules().control().socket().toString()))
                        .toArray(String[]::new));
    }

    /** Nobody has this number. */
    @Test
    void a_push_that_fails_says_why_and_is_counted_in_status() {
        assertThat(ussd("push", "--msisdn", "27761234567", "--wait", "Hello"))
                .as(err.toString())
                .isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("failed", "absent_subscriber (MAP error 27)");
        String id = out.toString().substring(0, out.toString().indexOf(' '));
        assertThat(ussd("push", "status", id)).isZero();
        assertThat(out.toString())
                .contains("state      failed absent_subscriber (MAP error 27)", "attempts   1");
        ussd("status");
        assertThat(out.toString())
                .contains(
                        "pushes     0 wait of 100000, 0 run; 1 accepted, ended: failed 1, refused: none");
        ussd("push", "--msisdn", "27761234567", "x".repeat(1000));
        assertThat(err.toString()).contains("the engine refuses: ");
        ussd("status");
        assertThat(out.toString()).contains("refused: text 1");
    }
}
