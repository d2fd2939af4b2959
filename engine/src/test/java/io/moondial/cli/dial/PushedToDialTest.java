package io.moondial.cli.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Engine;
import io.moondial.admin.RunningEngine;
import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import io.moondial.dialog.DialogFact;
import io.moondial.handset.Screen;
import io.moondial.push.PushOrder;
import io.moondial.push.PushReport;
import io.moondial.push.Pushes.Submission;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dial --stay} and {@code dial --wait}, on whole engines that push. */
class PushedToDialTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ANNE = "27761485722";

    /** What one dials is pushed to him, as a question; a call of *9# orders nothing. */
    private static final String SCRIPT =
            """
            local request = ...
            if request.text == "*9#" then return "Nothing comes" end
            local id, why = push.send{msisdn = request.msisdn, kind = "menu", text = "Do you agree?"}
            return id and "You will be asked" or why
            """;

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int dial(String... arguments) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "dial",
                                "--rules",
                                folder.resolve("rules.yaml").toString(),
                                "--msisdn",
                                ANNE));
        all.addAll(List.of(arguments));
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    private void write() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), SCRIPT);
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                push: {route: hlr}
                log: {level: error}
                """);
    }

    @Test
    void it_stays_for_what_the_dialled_script_pushes() throws Exception {
        write();
        assertThat(dial("--stay", "--within", "60", "*1#", "yes"))
                .as(err.toString())
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString())
                .isEqualToNormalizingNewlines(
                        """
                        respond You will be asked
                        menu Do you agree?
                        answer yes
                        close
                        """);
        assertThat(err.toString()).isEmpty();
    }

    /** The service's push waits in the store while dial has an engine on the same rules. */
    @Test
    void its_own_engine_leaves_the_pushes_of_the_service_alone() throws Exception {
        String bob = "27761485733";
        String[] rules = {
            "push: {route: hlr}",
            "kv: {timeout: 1m}",
            "control: {socket: s.sock}",
            "log: {level: error}"
        };
        String menu = "if (...).msisdn == '%s' then return ussd.menu('Wait') end%n".formatted(bob);
        String waits;
        try (RunningEngine service = new RunningEngine(folder, menu + SCRIPT, rules)) {
            service.dial(bob, "*1#").next(Screen.Menu.class); // nothing is pushed to him meanwhile
            waits = push(service.engine, bob, DialogFact.Screen.NOTIFY, "Your loan");
        }
        assertThat(dial("--stay", "--within", "60", "*1#", "yes"))
                .as(err.toString())
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("menu Do you agree?");
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                "local it, why = push.status('%s') return it and 'it is here' or why"
                        .formatted(waits));
        assertThat(dial("*1#")).as(err.toString()).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).contains("respond not_found");
        try (RunningEngine service = new RunningEngine(folder, SCRIPT, rules)) {
            PushReport report =
                    service.engine
                            .pushes()
                            .ended(waits)
                            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join()
                            .orElseThrow();
            assertThat(report.reason()).isEqualTo(PushReport.Reason.ABSENT_SUBSCRIBER);
            assertThat(service.engine.counters().value("push.ended.failed"))
                    .as("it is this engine that has sent it, and found nobody")
                    .isEqualTo(1);
        }
    }

    @Test
    void nothing_is_waited_for_longer_than_it_may() throws Exception {
        write();
        assertThat(dial("--stay", "--within", "1", "*9#")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).isEqualToNormalizingNewlines("respond Nothing comes\n");
        assertThat(err.toString()).contains("ussd: nothing was pushed within 1 s");
    }

    @Test
    void it_waits_at_an_engine_that_runs() throws Exception {
        try (RunningEngine running =
                new RunningEngine(
                        folder,
                        SCRIPT,
                        "push: {route: hlr}",
                        "control: {socket: s.sock}",
                        "log: {level: error}")) {
            CompletableFuture<Integer> waiting =
                    CompletableFuture.supplyAsync(
                            () -> dial("--wait", "--live", "--pushes", "2", "--json", "yes"));
            await().atMost(PATIENCE)
                    .until(() -> running.engine.counters().value("phones.turned_on") == 1);
            push(running.engine, DialogFact.Screen.MENU, "Do you agree?");
            push(running.engine, DialogFact.Screen.NOTIFY, "Thank you");
            assertThat(waiting.join()).as(err.toString()).isEqualTo(ExitCode.GOOD);
            assertThat(out.toString())
                    .isEqualToNormalizingNewlines(
                            """
                            {"kind":"menu","text":"Do you agree?"}
                            {"kind":"close"}
                            {"kind":"notify","text":"Thank you"}
                            {"kind":"close"}
                            """);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hlr", "sri_sm"})
    void it_waits_on_the_far_side_of_a_link(String route) throws Exception {
        try (RunningEngine running =
                new RunningEngine(
                        folder,
                        SCRIPT,
                        """
                        network:
                          sigtran:
                            point_code: 2
                            global_title: "27829000000"
                            application_servers:
                            - name: stp
                              mode: asp
                              routing_context: 101
                              point_codes: [1]
                              associations: [{name: a1, transport: tcp, listen: "127.0.0.1:0"}]
                        """,
                        "push: {route: "
                                + route
                                + ", retry: {on: [undelivered, absent_subscriber]}}",
                        "control: {socket: s.sock}",
                        "log: {level: error}")) {
            String address = running.engine.links().getFirst().address();
            String port = address.replaceFirst(".*(127\\.0\\.0\\.1:[0-9]+).*", "$1");
            CompletableFuture<Integer> waiting =
                    CompletableFuture.supplyAsync(() -> dial("--wait", "--connect", port, "yes"));
            await().atMost(PATIENCE)
                    .until(() -> running.engine.links().getFirst().aspState().equals("active"));
            push(running.engine, DialogFact.Screen.MENU, "Do you agree?");
            assertThat(waiting.join()).as(err.toString()).isEqualTo(ExitCode.GOOD);
            assertThat(out.toString())
                    .isEqualToNormalizingNewlines(
                            """
                            menu Do you agree?
                            answer yes
                            close
                            """);
        }
    }

    private static void push(Engine engine, DialogFact.Screen kind, String text) {
        var _ = push(engine, ANNE, kind, text);
    }

    private static String push(Engine engine, String msisdn, DialogFact.Screen kind, String text) {
        Submission result =
                engine.pushes()
                        .submit(PushOrder.of(msisdn, new PushOrder.Text(kind, text), "test"))
                        .join();
        assertThat(result).isInstanceOf(Submission.Accepted.class);
        return ((Submission.Accepted) result).report().id();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--wait 1 | --wait needs an engine that runs",
                "--wait --stay --live *1# | give one of them",
                "--stay --pushes 0 *1# | --pushes is 0; 1 to 1000000 is allowed",
                "--stay --within 0 *1# | --within is 0; 1 to 86400 is allowed",
                "--stay --record x.dialog *1# | --record is not for --wait and --stay",
                "--wait --live --record x.dialog 1 | --record is not for --wait and --stay",
                "--wait --connect 127.0.0.1:1 --record x.dialog | --record is not for --wait and --stay",
                "--wait --live --notify Hello | --wait dials nothing, and --notify would send a text",
                "--wait --connect 127.0.0.1:1 --notify Hello | --wait dials nothing, and --notify would send a text",
                "--wait --live --dcs 300 1 | --dcs is 300; 0 to 255 is allowed",
                "--wait --connect 127.0.0.1:1 --dcs 300 | --dcs is 300; 0 to 255 is allowed",
                "--stay | nothing to dial",
            })
    void what_makes_no_sense_is_refused(String arguments, String why) throws Exception {
        write();
        assertThat(dial(arguments.split(" "))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains(why);
        assertThat(Path.of("x.dialog")).doesNotExist();
    }
}
