package io.moondial.cli.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
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
        start("push: {route: hlr}");
    }

    private void start(String section) throws Exception {
        Files.writeString(
                folder.resolve("rules.yaml"),
                "process: {triggers: [{script_key: main}]}\ntime_zone: UTC\n" + section + "\n");
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

    @Test
    void a_push_whose_script_fails_names_the_command_that_says_why() throws Exception {
        Files.writeString(folder.resolve("scripts/broken.lua"), "error('no')");
        engine.close();
        start("push: {route: hlr, scripts: [broken]}");
        assertThat(ussd("push", "--msisdn", "27761234567", "--wait", "--script", "broken"))
                .isEqualTo(ExitCode.FAILED);
        String id = out.toString().substring(0, out.toString().indexOf(' '));
        ussd("push", "status", id);
        assertThat(out.toString()).contains("state      failed script");
        String next =
                out.toString()
                        .lines()
                        .filter(it -> it.startsWith("next "))
                        .map(it -> it.substring("next".length()).strip())
                        .findFirst()
                        .orElseThrow();
        assertThat(next).matches("ussd dialogs \\S+ says why");
        ussd("dialogs", next.split(" ", -1)[2]);
        assertThat(out.toString()).contains("broken.lua:1");
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

    /** The hours around now. */
    private static String quietHours() {
        int hour = LocalTime.now(ZoneOffset.UTC).getHour();
        return "quiet_hours: \"%02d:00-%02d:00\"".formatted((hour + 18) % 24, (hour + 6) % 24);
    }

    /** Two engines with one store, one after the other: it can be used by one process at a time. */
    @Test
    void of_a_push_of_another_engine_it_is_said_whose_it_is() throws Exception {
        engine.close();
        start("push: {route: hlr, owner: a, " + quietHours() + "}");
        assertThat(ussd("push", "--msisdn", "27761234567", "--idempotency-key", "k", "Hello"))
                .as(err.toString())
                .isZero();
        String id = out.toString().substring(0, out.toString().indexOf(' '));
        engine.close();
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local id = (...).text:match("^%*1%*(%x+)#$")
                local done, why, detail = push.cancel(id)
                local named = detail:find("owner a", 1, true) ~= nil
                return ("%s %s whose it is: %s, state: %s"):format(done, why, named, push.status(id).state)
                """);
        start("push: {route: hlr, owner: b}");
        assertThat(ussd("push", "cancel", id)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains(
                        "push %s is one of the engine with push: owner a, where it is queued; this engine has owner b"
                                .formatted(id),
                        "ask the other one");
        assertThat(ussd("push", "status", id)).isZero();
        assertThat(out.toString()).contains("state      queued");
        assertThat(ussd("dial", "--live", "*1*" + id + "#")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("nil other_owner whose it is: true, state: queued");
        assertThat(engine.counters().value("calls.push.cancel.other_owner")).isEqualTo(1);
    }
}
