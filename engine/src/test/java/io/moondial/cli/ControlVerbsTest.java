package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.admin.RunningEngine;
import io.moondial.handset.Screen;
import io.moondial.logic.ServiceDesk;
import java.io.IOException;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs that talk to a running engine, as a person or a script meets them. */
class ControlVerbsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PCAP_HEADER = 24;

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int ussd(String... arguments) {
        return InProcess.ussd(out, err, arguments);
    }

    private CompletableFuture<Integer> tracing(RunningEngine it, Path pcap, String... more) {
        String[] all = new String[5 + more.length];
        System.arraycopy(
                new String[] {"trace", "--rules", it.rules.toString(), "--pcap", pcap.toString()},
                0,
                all,
                0,
                5);
        System.arraycopy(more, 0, all, 5, more.length);
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> code.complete(ussd(all)));
        return code;
    }

    /** The engine's header has come through: from now on everything is traced. */
    private static void awaitHeader(Path pcap) {
        await().atMost(PATIENCE).until(() -> Files.exists(pcap) && Files.size(pcap) >= PCAP_HEADER);
    }

    @Test
    void status_prints_a_line_a_thing() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            it.dial(null, "*1#").next(Screen.Respond.class);
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 0);
            assertThat(ussd("status", "--rules", it.rules.toString())).isZero();
        }
        assertThat(out.toString().lines())
                .anyMatch(
                        line ->
                                line.matches(
                                        "engine     moondial 0\\..*, process [0-9]+, up 0 d .*"))
                .contains("network    embedded")
                .contains("dialogs    0 open of 250000, 0 in the stack, 1 begun")
                .contains("finished   responded 1")
                .contains("refused    none")
                .anyMatch(line -> line.matches("script     process main, version [0-9a-f]{8}, on"))
                .anyMatch(line -> line.startsWith("edr        ussd: "))
                .anyMatch(line -> line.matches("heap       [0-9.]+ MiB of [0-9.]+ MiB in use"))
                .contains("counter    dialogs.begun 1");
    }

    @Test
    void status_says_no_time_of_what_only_happens() throws Exception {
        Path texts = Files.createDirectories(folder.resolve("scripts/lang"));
        Files.writeString(texts.resolve("en.yaml"), "a: x\nb: y\n");
        Files.writeString(texts.resolve("sw.yaml"), "b: z\n");
        try (RunningEngine it = new RunningEngine(folder, "t.language('sw') return t 'a'")) {
            it.dial(null, "*1#").next(Screen.Respond.class);
            assertThat(ussd("status", "--rules", it.rules.toString())).isZero();
        }
        assertThat(out.toString().lines()).contains("outside    t.sw: calls: missing 1");
    }

    @Test
    void status_ends_with_1_while_the_stack_holds_a_dialog_that_no_script_knows() throws Exception {
        try (RunningEngine it =
                new RunningEngine(
                        folder,
                        "ussd.menu('Well?')",
                        "control: {reconcile_interval: 10ms, reconcile_looks: 2}")) {
            it.dial(null, "*1#").next(Screen.Menu.class);
            it.engine.counters().increment(ServiceDesk.FINISHED + "lost"); // as if it had ended
            await().atMost(PATIENCE)
                    .until(() -> ussd("status", "--rules", it.rules.toString()) == ExitCode.FAILED);
            assertThat(it.engine.counters().value("reconciliation.parted")).isPositive();
            assertThat(out.toString())
                    .contains(
                            "attention  the stack holds 1 dialogs that no script knows: nobody will end them, since 2");

            it.engine.counters().increment(ServiceDesk.BEGUN);
            await().atMost(PATIENCE)
                    .until(() -> ussd("status", "--rules", it.rules.toString()) == ExitCode.GOOD);
        }
    }

    @Test
    void status_waits_for_an_engine_that_is_only_just_starting() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {triggers: [{script_key: main}]}");
        FutureTask<Integer> status =
                new FutureTask<>(
                        () ->
                                ussd(
                                        "status",
                                        "--wait",
                                        "60s",
                                        "--rules",
                                        folder.resolve("rules.yaml").toString()));
        Thread asks = Thread.ofVirtual().start(status);
        await().atMost(PATIENCE).until(() -> asks.getState() == Thread.State.TIMED_WAITING);
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            assertThat(status.get()).isZero();
            assertThat(it.engine.openDialogs()).isZero();
        }
        assertThat(out.toString()).contains("network    embedded");
    }

    @Test
    void alive_waits_for_an_engine_whose_socket_is_there_and_that_takes_no_dialogs_yet()
            throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: [{script_key: main}]}");
        try (Engine engine = new Engine(Configuration.read(rules))) {
            engine.openAdmin(List.of());
            assertThat(ussd("status", "--alive", "--rules", rules.toString()))
                    .isEqualTo(ExitCode.NOT_STARTED);
            assertThat(out.toString()).endsWith(" is starting" + System.lineSeparator());

            FutureTask<Integer> status =
                    new FutureTask<>(
                            () ->
                                    ussd(
                                            "status",
                                            "--alive",
                                            "--wait",
                                            "60s",
                                            "--rules",
                                            rules.toString()));
            Thread asks = Thread.ofVirtual().start(status);
            await().atMost(PATIENCE).until(() -> asks.getState() == Thread.State.TIMED_WAITING);
            engine.start();
            assertThat(status.get()).isZero();
        }
        assertThat(out.toString()).endsWith(" is running" + System.lineSeparator());
    }

    @Test
    void status_waits_no_longer_for_a_process_that_is_gone() throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: []}");
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        assertThat(
                        ussd(
                                "status",
                                "--alive",
                                "--wait",
                                "365d",
                                "--pid",
                                String.valueOf(gone.pid()),
                                "--rules",
                                rules.toString()))
                .isEqualTo(ExitCode.NOT_STARTED);
    }

    @Test
    void the_socket_of_an_engine_is_found_though_its_rules_are_no_yaml_any_more() throws Exception {
        try (RunningEngine it =
                new RunningEngine(
                        folder, "return 'x'", "control:", "  # here", "  socket: else.sock")) {
            Files.writeString(
                    it.rules, Files.readString(it.rules) + "\nedr: [\n  control: {socket: no}\n");
            assertThat(ussd("status", "--alive", "--rules", it.rules.toString())).isZero();
            Files.writeString(it.rules, "control: {socket: else.sock}\noops: [");
            assertThat(ussd("status", "--alive", "--rules", it.rules.toString())).isZero();
            Files.writeString(it.rules, "control: [\n");
            assertThat(ussd("status", "--alive", "--rules", it.rules.toString()))
                    .isEqualTo(ExitCode.NOT_STARTED);
        }
    }

    @Test
    void alive_is_content_with_an_engine_that_needs_attention() throws Exception {
        String[] link = {
            "network:",
            "  sigtran:",
            "    point_code: 2",
            "    global_title: '27829000000'",
            "    application_servers:",
            "      - name: stp",
            "        mode: asp",
            "        point_codes: [1]",
            "        associations:",
            "          - {name: a1, transport: tcp, listen: '127.0.0.1:0'}"
        };
        try (RunningEngine it = new RunningEngine(folder, "return 'x'", link)) {
            assertThat(ussd("status", "--rules", it.rules.toString())).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("no link is up");
            assertThat(ussd("status", "--alive", "--rules", it.rules.toString())).isZero();
        }
        assertThat(ussd("status", "--alive", "--rules", folder.resolve("rules.yaml").toString()))
                .isEqualTo(ExitCode.NOT_STARTED);
    }

    @Test
    void status_as_json_is_one_object_on_one_line() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            assertThat(ussd("status", "--json", "--rules", it.rules.toString())).isZero();
        }
        assertThat(out.toString().strip()).startsWith("{\"version\":\"0.").endsWith("}");
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void without_a_running_engine_both_say_so_and_end_with_3() throws Exception {
        Path rules;
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            rules = it.rules;
        }
        assertThat(ussd("status", "--rules", rules.toString())).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(
                        ussd(
                                "trace",
                                "--all",
                                "--pcap",
                                folder.resolve("t.pcap").toString(),
                                "--rules",
                                rules.toString()))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("ussd: no engine answers at "));
        assertThat(folder.resolve("t.pcap")).doesNotExist();
    }

    @Test
    void a_trace_comes_through_the_socket_until_it_is_stopped_elsewhere() throws Exception {
        Path pcap = folder.resolve("t.pcap");
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            CompletableFuture<Integer> code = tracing(it, pcap, "--msisdn", "27761485722");
            awaitHeader(pcap);
            it.dial("27761485722", "*1#").next(Screen.Respond.class);
            it.dial("27760000000", "*1#").next(Screen.Respond.class);
            await().atMost(PATIENCE).until(() -> it.engine.stackDialogs() == 0);
            assertThat(ussd("trace", "--stop", "--rules", it.rules.toString())).isZero();
            assertThat(code.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        }
        assertThat(err.toString())
                .contains("ussd: 1 trace stopped")
                .contains("ussd: 2 messages traced, 0 left out");
        assertThat(Files.size(pcap)).isGreaterThan(PCAP_HEADER);
    }

    @Test
    void a_trace_with_a_duration_ends_by_itself() throws Exception {
        Path pcap = folder.resolve("t.pcap");
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            CompletableFuture<Integer> code = tracing(it, pcap, "--all", "--for", "50ms");
            assertThat(code.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        }
        assertThat(Files.size(pcap)).isEqualTo(PCAP_HEADER);
    }

    @Test
    void a_trace_whose_engine_stops_is_complete() throws Exception {
        Path pcap = folder.resolve("t.pcap");
        CompletableFuture<Integer> code;
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            code = tracing(it, pcap, "--all");
            awaitHeader(pcap);
            it.dial(null, "*1#").next(Screen.Respond.class);
        }
        assertThat(code.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        assertThat(err.toString()).contains("2 messages traced");
    }

    @Test
    void a_trace_that_is_cut_off_is_no_good_end() throws Exception {
        Path socket = folder.resolve("run/ussd.sock");
        Files.createDirectories(socket.getParent());
        Files.writeString(folder.resolve("rules.yaml"), "process: {triggers: []}");
        try (ServerSocketChannel dying = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dying.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (SocketChannel one = dying.accept()) {
                                    one.read(ByteBuffer.allocate(10_000));
                                    one.write(
                                            ByteBuffer.wrap(
                                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrace-Id: 1\r\n\r\n3\r\nabc\r\n"
                                                            .getBytes(StandardCharsets.US_ASCII)));
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
            Path pcap = folder.resolve("t.pcap");
            assertThat(
                            ussd(
                                    "trace",
                                    "--all",
                                    "--pcap",
                                    pcap.toString(),
                                    "--rules",
                                    folder.resolve("rules.yaml").toString()))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).startsWith("ussd: the trace ended early: ");
            assertThat(pcap).hasContent("abc");
        }
    }

    @Test
    void a_reload_prints_what_came_of_it() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            it.engine.followChanges(now -> {});
            String rules = it.rules.toString();
            assertThat(ussd("reload", "--rules", rules)).isZero();
            assertThat(out.toString()).contains("no script and no setting in service differs");

            Files.writeString(folder.resolve("scripts/main.lua"), "return (");
            assertThat(ussd("reload", "--rules", rules)).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString())
                    .contains("scripts/main.lua:1:")
                    .contains("\nreturn (\n")
                    .endsWith(
                            "not reloaded, the scripts and rules in service stay: one problem to fix\n");
            assertThat(ussd("reload", "--json", "--rules", rules)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString().lines().toList().getLast())
                    .startsWith("{\"outcome\":\"refused\",\"text\":\"not reloaded");
        }
    }

    @Test
    void a_reload_takes_up_what_has_changed() throws Exception {
        try (RunningEngine it =
                new RunningEngine(folder, "return 'x'", "script: {reload_interval: 1h}")) {
            it.engine.followChanges(now -> {});
            Files.writeString(folder.resolve("scripts/main.lua"), "return 'y'");
            assertThat(ussd("reload", "--rules", it.rules.toString())).isZero();
            assertThat(it.dial(null, "*1#").next(Screen.Respond.class).text()).isEqualTo("y");
        }
    }

    @Test
    void a_watch_prints_what_changes_and_survives_the_engine() throws Exception {
        RunningEngine it = new RunningEngine(folder, "ussd.menu('Well?')");
        FutureTask<Integer> watch =
                new FutureTask<>(() -> ussd("status", "--watch", "--rules", it.rules.toString()));
        Thread watches = Thread.ofVirtual().start(watch);
        try (it) {
            await().atMost(PATIENCE).until(() -> out.toString().contains("dialogs    0 open"));
            it.dial(null, "*1#").next(Screen.Menu.class);
            await().atMost(PATIENCE).until(() -> out.toString().contains("dialogs    1 open"));
            assertThat(out.toString().lines().filter(line -> line.contains("network  ")))
                    .hasSize(1);
            assertThat(out.toString().lines().filter(line -> line.contains("engine  "))).hasSize(1);
            assertThat(out.toString().lines())
                    .as("each with its time")
                    .allMatch(
                            line ->
                                    line.matches(
                                            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)  [a-z]+ +.*"));
            assertThat(out.toString().lines().filter(line -> line.contains("admin.requests")))
                    .as("to look is no news")
                    .hasSize(1);
        }
        await().atMost(PATIENCE)
                .until(() -> out.toString().contains("lost       no engine answers at "));
        watches.interrupt();
        assertThat(watch.get()).isZero();
    }

    @Test
    void dialogs_that_are_followed_have_the_time_of_what_happened_and_end_with_one_line()
            throws Exception {
        FutureTask<Integer> follows;
        String ended;
        String answered;
        try (RunningEngine it = new RunningEngine(folder, "ussd.menu('A?') ussd.menu('B?')")) {
            follows =
                    new FutureTask<>(
                            () -> ussd("dialogs", "--follow", "--rules", it.rules.toString()));
            RunningEngine.Call call = it.dial("27761485722", "*1#");
            Thread.ofVirtual().start(follows);
            await().atMost(PATIENCE).until(() -> out.toString().contains(" 0 answered "));
            call.handset.answer(call.next(Screen.Menu.class), "1");
            Screen.Menu second = call.next(Screen.Menu.class);
            await().atMost(PATIENCE).until(() -> out.toString().contains(" 1 answered "));
            answered = summary(it).path("changed").asString();
            call.handset.answer(second, "1");
            await().atMost(PATIENCE).until(() -> out.toString().contains(" responded "));
            ended = summary(it).path("ended").asString();
        }
        assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(out.toString().lines().filter(it -> it.contains(" 1 answered ")))
                .singleElement()
                .satisfies(line -> assertThat(at(line)).isEqualTo(millis(answered)));
        assertThat(out.toString().lines().filter(it -> it.contains(" responded ")))
                .singleElement()
                .satisfies(line -> assertThat(at(line)).isEqualTo(millis(ended)));
        assertThat(err.toString())
                .hasLineCount(1)
                .startsWith("ussd: ")
                .contains("run/ussd.sock (control: socket in the rules)")
                .doesNotContain("HttpConnection");
    }

    private static Instant at(String line) {
        return OffsetDateTime.parse(line.substring(0, line.indexOf("  ")).replace(' ', 'T'))
                .toInstant();
    }

    private static Instant millis(String at) {
        return Instant.parse(at).truncatedTo(ChronoUnit.MILLIS);
    }

    private JsonNode summary(RunningEngine it) {
        StringWriter found = new StringWriter();
        assertThat(InProcess.ussd(found, err, "dialogs", "--json", "--rules", it.rules.toString()))
                .isZero();
        return JsonMapper.shared().readTree(found.toString());
    }

    private String onlyDialog(RunningEngine it) {
        StringWriter found = new StringWriter();
        assertThat(InProcess.ussd(found, err, "dialogs", "--json", "--rules", it.rules.toString()))
                .isZero();
        assertThat(found.toString().lines()).hasSize(1);
        return found.toString().replaceFirst("(?s).*\"instance_id\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void dialogs_are_listed_and_chosen_from() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "ussd.menu('Well?')")) {
            String rules = it.rules.toString();
            it.dial("27761485722", "*1#").next(Screen.Menu.class);
            it.dial("27760000000", "*2#\nand more").next(Screen.Menu.class);
            assertThat(ussd("dialogs", "--rules", rules)).isZero();
            assertThat(out.toString().lines())
                    .hasSize(2)
                    .anyMatch(
                            line ->
                                    line.matches(
                                            "[-0-9]{10} [:.0-9]{12}\\S+ +\\*1# +27761485722 +main +open +0 answered  Logic-.*"));
            out.getBuffer().setLength(0);
            assertThat(ussd("dialogs", "--msisdn", "2776148", "--rules", rules)).isZero();
            assertThat(out.toString().lines()).hasSize(1).allMatch(it2 -> it2.contains("*1#"));
            out.getBuffer().setLength(0);
            assertThat(ussd("dialogs", "--limit", "1", "--rules", rules)).isZero();
            assertThat(out.toString().lines())
                    .hasSize(2)
                    .contains("there are older ones that match: --limit N lists up to 500");
            assertThat(ussd("dialogs", "--outcome", "lost", "--rules", rules))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).startsWith("ussd: the engine refuses: ");
        }
    }

    @Test
    void a_dialog_is_shown_as_a_history_without_what_steers_a_terminal() throws Exception {
        try (RunningEngine it =
                new RunningEngine(
                        folder,
                        "local a = ussd.menu('Well?\\n1. Yes') return 'So ' .. a .. '\\27[31m'")) {
            RunningEngine.Call call = it.dial("27761485722", "*1#");
            call.handset.answer(call.next(Screen.Menu.class), "1");
            call.next(Screen.Respond.class);
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 0);
            String id = onlyDialog(it);
            assertThat(ussd("dialogs", id, "--rules", it.rules.toString())).isZero();
            assertThat(out.toString())
                    .contains("*1#  from 27761485722  ->  main")
                    .containsPattern("dialled  \\*1#")
                    .containsPattern("menu     Well\\?\n {23}1\\. Yes")
                    .containsPattern("answer   1  after ")
                    .containsPattern("respond  So 1\uFFFD\\[31m")
                    .doesNotContain("\u001b");
            assertThat(ussd("dialogs", "Logic-none", "--rules", it.rules.toString()))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(ussd("dialogs", id, "--code", "*1#")).isEqualTo(ExitCode.BAD_INPUT);
        }
    }

    @Test
    void a_dialog_is_followed_to_its_end_and_nothing_is_shown_twice() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'So ' .. ussd.menu('Well?')")) {
            RunningEngine.Call call = it.dial("27761485722", "*1#");
            Screen.Menu menu = call.next(Screen.Menu.class);
            String id = onlyDialog(it);
            FutureTask<Integer> follows =
                    new FutureTask<>(
                            () -> ussd("dialogs", "--follow", id, "--rules", it.rules.toString()));
            Thread.ofVirtual().start(follows);
            await().atMost(PATIENCE).until(() -> out.toString().contains("Well?"));
            call.handset.answer(menu, "1");
            call.next(Screen.Respond.class);
            assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            assertThat(out.toString().lines().filter(line -> line.contains("Well?"))).isNotEmpty();
            assertThat(out.toString().lines().filter(line -> line.contains("  respond  So 1")))
                    .hasSize(1);
            assertThat(out.toString().lines().filter(line -> line.contains("  menu     Well?")))
                    .hasSize(1);
        }
    }

    private static long linesWith(String text, String part) {
        return text.lines().filter(line -> line.contains(part)).count();
    }

    @Test
    void a_dialog_is_followed_to_its_end_though_most_of_its_news_are_lost() throws Exception {
        String lua =
                "ussd.menu('Well?') for i = 1, 40 do log.info('the same line') end return 'So'";
        try (RunningEngine it = new RunningEngine(folder, lua, "admin: {event_rate: 1}")) {
            RunningEngine.Call call = it.dial("27761485722", "*1#");
            Screen.Menu menu = call.next(Screen.Menu.class);
            String id = onlyDialog(it);
            FutureTask<Integer> follows =
                    new FutureTask<>(
                            () -> ussd("dialogs", "--follow", id, "--rules", it.rules.toString()));
            Thread.ofVirtual().start(follows);
            await().atMost(PATIENCE).until(() -> out.toString().contains("Well?"));
            call.handset.answer(menu, "1");
            assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            assertThat(linesWith(out.toString(), "the same line")).isEqualTo(40);
            assertThat(linesWith(out.toString(), "  respond  So")).isEqualTo(1);
            assertThat(linesWith(out.toString(), "  end      ")).isEqualTo(1);
        }
    }

    @Test
    void whoever_follows_a_dialog_loses_nothing_because_of_others() throws Exception {
        try (RunningEngine it =
                new RunningEngine(
                        folder, "if (...).text == '*1#' then ussd.menu('Well?') end return 'So'")) {
            RunningEngine.Call call = it.dial("27761485722", "*1#");
            Screen.Menu menu = call.next(Screen.Menu.class);
            String id = onlyDialog(it);
            FutureTask<Integer> follows =
                    new FutureTask<>(
                            () ->
                                    ussd(
                                            "dialogs",
                                            "--follow",
                                            "--json",
                                            id,
                                            "--rules",
                                            it.rules.toString()));
            Thread.ofVirtual().start(follows);
            await().atMost(PATIENCE).until(() -> out.toString().contains("Well?"));
            for (int i = 0; i < 200; i++) {
                it.dial("27760000000", "*2#").next(Screen.Respond.class);
            }
            call.handset.answer(menu, "1");
            assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
            assertThat(it.engine.counters().value("admin.events.lost")).isZero();
        }
        assertThat(out.toString().lines().toList().getLast()).contains("\"kind\":\"end\"");
    }

    @Test
    void a_dialog_that_has_ended_is_followed_no_longer_than_its_history() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'")) {
            it.dial("27761485722", "*1#").next(Screen.Respond.class);
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 0);
            String id = onlyDialog(it);
            assertThat(ussd("dialogs", "--follow", id, "--rules", it.rules.toString())).isZero();
            String followed = out.toString();
            out.getBuffer().setLength(0);
            assertThat(ussd("dialogs", id, "--rules", it.rules.toString())).isZero();
            assertThat(followed).isEqualTo(out.toString()).contains("  end      ");
            assertThat(ussd("dialogs", "--follow", "Logic-none", "--rules", it.rules.toString()))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).contains("no dialog Logic-none is kept");
        }
    }

    @Test
    void a_list_that_is_followed_begins_with_what_there_is_and_says_nothing_twice()
            throws Exception {
        RunningEngine it = new RunningEngine(folder, "return 'So ' .. ussd.menu('Well?')");
        FutureTask<Integer> follows =
                new FutureTask<>(() -> ussd("dialogs", "--follow", "--rules", it.rules.toString()));
        try (it) {
            RunningEngine.Call before = it.dial("27761485722", "*1#");
            Screen.Menu menu = before.next(Screen.Menu.class);
            Thread.ofVirtual().start(follows);
            await().atMost(PATIENCE).until(() -> out.toString().contains("*1#"));
            before.handset.answer(menu, "1");
            before.next(Screen.Respond.class);
            await().atMost(PATIENCE).until(() -> out.toString().contains("responded"));
            it.dial("27760000000", "*2#").next(Screen.Menu.class);
            await().atMost(PATIENCE).until(() -> out.toString().contains("*2#"));
        }
        assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(out.toString().lines()).doesNotHaveDuplicates();
        assertThat(out.toString().lines().findFirst())
                .hasValueSatisfying(
                        line -> assertThat(line).contains("*1#", " open ", " 0 answered"));
    }

    @Test
    void dialogs_that_come_are_followed() throws Exception {
        RunningEngine it = new RunningEngine(folder, "return 'x'");
        FutureTask<Integer> follows =
                new FutureTask<>(
                        () ->
                                ussd(
                                        "dialogs",
                                        "--follow",
                                        "--code",
                                        "*1",
                                        "--rules",
                                        it.rules.toString()));
        try (it) {
            Thread.ofVirtual().start(follows);
            await().atMost(PATIENCE)
                    .until(
                            () -> { // until somebody listens
                                it.dial("27761485722", "*1#").next(Screen.Respond.class);
                                it.dial("27761485722", "*2#").next(Screen.Respond.class);
                                return out.toString().contains("responded");
                            });
        }
        assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(out.toString()).contains("*1#").doesNotContain("*2#");
    }

    @Test
    void the_engine_that_runs_is_dialled_and_what_was_held_becomes_a_test() throws Exception {
        String lua =
                "local a = ussd.menu('Well?') ussd.menu('PIN?', {secret = true}) return 'So ' .. a";
        Path record = folder.resolve("t.dialog");
        try (RunningEngine it = new RunningEngine(folder, lua)) {
            assertThat(
                            ussd(
                                    "dial",
                                    "--live",
                                    "--rules",
                                    it.rules.toString(),
                                    "--msisdn",
                                    "27761485722",
                                    "--record",
                                    record.toString(),
                                    "*1#",
                                    "1",
                                    "1234"))
                    .isZero();
            assertThat(it.engine.counters().value(ServiceDesk.BEGUN)).isEqualTo(1);
        }
        assertThat(out.toString().lines())
                .containsExactly(
                        "menu Well?", "answer 1", "menu PIN?", "answer ****", "respond So 1");
        assertThat(record)
                .content()
                .startsWith("test \"dial *1#\"\nfrom 27761485722\ndial *1#\nmenu Well?\n")
                .contains("answer ****")
                .doesNotContain("1234");
    }

    @Test
    void an_address_without_sense_is_bad_usage() throws Exception {
        Path empty = Files.writeString(folder.resolve("token"), "\n");
        assertThat(ussd("status", "--connect-admin", "http://ussd.example.org:8088"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("status", "--connect-admin", "ussd.example.org:8088"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("status", "--token-file", "x")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(
                        ussd(
                                "status",
                                "--connect-admin",
                                "http://localhost:1",
                                "--token-file",
                                empty.toString()))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .contains("everybody on the way could read the token")
                .contains("it is like https://ussd1:8088")
                .contains("--token-file and --ca are for --connect-admin")
                .contains("is no token");
    }

    @Test
    void a_trace_without_sense_is_bad_usage() {
        assertThat(ussd("trace", "--pcap", "x")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("trace", "--all")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("trace", "--all", "--msisdn", "1", "--pcap", "x"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("trace", "--all", "--pcap", "x", "--for", "soon"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(ussd("trace", "--stop", "--pcap", "x")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .contains(
                        "--msisdn DIGITS or --all is missing",
                        "--pcap FILE is missing",
                        "exclude each other",
                        "'soon' is not a duration",
                        "--stop takes no --pcap");
    }
}
