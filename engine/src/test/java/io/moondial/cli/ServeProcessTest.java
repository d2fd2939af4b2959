package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A serve in a process of its own, and the signals and files that it meets. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServeProcessTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern LISTENING = Pattern.compile("listening at tcp 127.0.0.1:(\\d+)");

    @TempDir Path folder;
    private final List<Process> processes = new ArrayList<>();
    private Path rules;

    @BeforeEach
    void write() throws IOException {
        rules = folder.resolve("rules.yaml");
        save("scripts/main.lua", "return 'old'");
        save("rules.yaml", "process: {triggers: [{script_key: main}]}");
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    private void save(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private Process start(String... arguments) throws IOException {
        Process process = UssdProcess.start(arguments);
        processes.add(process);
        return process;
    }

    /** One that takes traffic. */
    private Process serve(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--rules", rules.toString()));
        arguments.addAll(List.of(options));
        Process serve = start(arguments.toArray(String[]::new));
        assertThat(serve.inputReader(StandardCharsets.UTF_8).readLine()).startsWith("ready");
        return serve;
    }

    private static void signal(Process process, String name) throws Exception {
        int code =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
        assertThat(code).isZero();
    }

    /** The lines of a log up to the first that matches; the group of that one. */
    private static String awaitLine(BufferedReader log, Pattern wanted) throws IOException {
        for (String line; (line = log.readLine()) != null; ) {
            Matcher found = wanted.matcher(line);
            if (found.find()) {
                return found.groupCount() > 0 ? found.group(1) : line;
            }
        }
        throw new AssertionError("the log ended without " + wanted);
    }

    private static BufferedReader log(Process serve) {
        return serve.errorReader(StandardCharsets.UTF_8);
    }

    private static void awaitGoodEnd(Process serve) throws InterruptedException {
        assertThat(serve.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).isZero();
    }

    private record Status(int code, String text) {}

    private Status status() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = InProcess.ussd(out, err, "status", "--rules", rules.toString());
        return new Status(code, out + err.toString());
    }

    private void awaitStatus(int code, String... words) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            Status status = status();
                            assertThat(status.text()).contains(words);
                            assertThat(status.code()).isEqualTo(code);
                        });
    }

    /** Under nohup, say: then it is ignored in every process that this one starts. */
    private static boolean isHangUpIgnored() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) != 0;
            }
        }
        return false;
    }

    @Test
    void SIGHUP_reads_rules_and_scripts_again_and_ends_nothing() throws Exception {
        assumeFalse(isHangUpIgnored());
        save(
                "rules.yaml",
                "{process: {triggers: [{script_key: main}]}, script: {reload_interval: 1d}}");
        Process serve = serve();
        BufferedReader log = log(serve);

        signal(serve, "HUP");

        awaitLine(log, Pattern.compile("SIGHUP: rules and scripts are read again"));
        awaitLine(log, Pattern.compile("reloaded in .*: no script and no setting .* differs"));
        awaitStatus(ExitCode.GOOD, "attention  none needed", "asked for by SIGHUP");
        signal(serve, "TERM");
        awaitGoodEnd(serve);
    }

    @Test
    void a_second_signal_aborts_what_the_first_would_have_waited_for_and_the_records_are_there()
            throws Exception {
        save("scripts/main.lua", "ussd.menu('Well?') return 'x'");
        save(
                "rules.yaml",
                """
                process: {menu_timeout: 1h, triggers: [{script_key: main}]}
                script: {max_time: 2h}
                dialogs: {stop_timeout: 1h}
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
                """);
        Process serve = serve();
        BufferedReader log = log(serve);
        String port = awaitLine(log, LISTENING);
        Process dial =
                start("dial", "--connect", "127.0.0.1:" + port, "--connect-timeout", "120", "*1#");
        assertThat(dial.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("menu Well?");

        signal(serve, "TERM");
        awaitLine(log, Pattern.compile("stopping: 1 dialogs are running"));
        signal(serve, "TERM");

        awaitLine(log, Pattern.compile("stopped: 1 dialogs had to be aborted"));
        awaitGoodEnd(serve);
        assertThat(records()).anyMatch(line -> line.contains(">USSD-SHUTDOWN|"));
        assertThat(records()).last().asString().startsWith("#FOOTER");
    }

    private List<String> records() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            return Files.readAllLines(files.toList().getFirst());
        }
    }

    @Test
    void a_refused_reload_is_in_the_status_until_it_is_put_right() throws Exception {
        Process serve = serve();
        awaitStatus(ExitCode.GOOD, "attention  none needed");

        save("rules.yaml", "process: {triggers: [{script_key: mian}]}");
        awaitStatus(
                ExitCode.FAILED,
                "attention  the rules and scripts on the disk were refused, those in service stay: "
                        + rules
                        + ":1:35: script_key: there is no script",
                ", since 20");
        save("rules.yaml", "process: {");
        awaitStatus(ExitCode.FAILED, rules + ":1:");

        save("rules.yaml", "process: {triggers: [{script_key: main}]}");
        awaitStatus(ExitCode.GOOD, "attention  none needed");
        signal(serve, "TERM");
        awaitGoodEnd(serve);
    }

    @Test
    void on_broken_files_it_starts_with_the_set_that_was_in_service_and_takes_a_later_good_one()
            throws Exception {
        Process first = serve();
        signal(first, "TERM");
        awaitGoodEnd(first);
        save("scripts/main.lua", "return return");

        Process refused = start("serve", "--rules", rules.toString());
        assertThat(log(refused).lines())
                .anyMatch(line -> line.contains("is kept: serve --last-good starts on it"))
                .anyMatch(line -> line.contains("main.lua:1:8"));
        assertThat(refused.waitFor()).isEqualTo(ExitCode.BAD_INPUT);

        Process serve = serve("--last-good");
        awaitLine(
                log(serve),
                Pattern.compile(
                        "the engine starts on the set that came into service at [0-9T:-]+Z, until they are fixed: .*main\\.lua:1:8: "));
        awaitStatus(
                ExitCode.FAILED,
                "attention  the rules and scripts on the disk were refused, those in service stay: ",
                "main.lua:1:8: ",
                "attention  the engine runs on the kept set that came into service at ");

        save("scripts/main.lua", "return 'new'");
        awaitStatus(ExitCode.GOOD, "attention  none needed");
        signal(serve, "TERM");
        awaitGoodEnd(serve);
    }

    @Test
    void where_none_is_kept_last_good_says_so_and_what_is_broken() throws Exception {
        save("rules.yaml", "nonsense: 1");
        Process refused = start("serve", "--last-good", "--rules", rules.toString());
        assertThat(log(refused).lines())
                .anyMatch(line -> line.startsWith("ussd: no set is kept: there is no "))
                .anyMatch(line -> line.contains("unknown key"));
        assertThat(refused.waitFor()).isEqualTo(ExitCode.BAD_INPUT);
    }
}
