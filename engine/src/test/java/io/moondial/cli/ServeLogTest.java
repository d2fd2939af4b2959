package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log of a serve in a process of its own. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServeLogTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path folder;
    private @Nullable Process serve;

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
    }

    @AfterEach
    void end() {
        if (serve != null) {
            serve.destroyForcibly();
        }
    }

    private void rules(String log) throws IOException {
        Files.writeString(
                folder.resolve("rules.yaml"),
                "{process: {triggers: [{script_key: main}]}, log: {" + log + "}}");
    }

    private Process start(String... options) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of("serve", "--rules", folder.resolve("rules.yaml").toString()));
        arguments.addAll(List.of(options));
        Process started = UssdProcess.start(arguments.toArray(String[]::new));
        serve = started;
        return started;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitLine(Path file, String words) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lines(file)).anyMatch(it -> it.contains(words)));
    }

    @Test
    void a_log_in_JSON_is_in_its_file_to_the_last_line_and_follows_the_rules() throws Exception {
        Path json = folder.resolve("log/moondial.json");
        Path text = folder.resolve("log/moondial.log");
        rules("format: json, file: log/moondial.json");
        Process started = start();
        assertThat(started.inputReader().readLine()).startsWith("ready");

        rules("format: json, file: log/moondial.json, level: debug");
        awaitLine(json, "log.level info -> debug");
        rules("file: log/moondial.log");
        awaitLine(text, " INFO  reload reloaded in ");
        started.toHandle().destroy(); // keeps its streams open

        assertThat(started.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(started.exitValue()).isZero();
        assertThat(lines(text)).last().asString().contains(" INFO  engine stopped: 0 dialogs");
        JsonMapper mapper = JsonMapper.builder().build();
        assertThat(lines(json))
                .map(mapper::readTree)
                .allMatch(line -> line.get("ts").stringValue().endsWith("Z"))
                .extracting(line -> line.get("logger").stringValue())
                .contains("reload");
        assertThat(new String(started.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
    }

    @Test
    void a_start_on_the_kept_set_is_told_in_the_log_that_this_set_names() throws Exception {
        Path file = folder.resolve("moondial.log");
        rules("file: moondial.log");
        Process first = start();
        assertThat(first.inputReader().readLine()).startsWith("ready");
        first.toHandle().destroy();
        assertThat(first.waitFor()).isZero();
        Files.writeString(folder.resolve("scripts/main.lua"), "return (");

        Process second = start("--last-good");

        assertThat(second.inputReader().readLine()).startsWith("ready");
        awaitLine(file, " ERROR engine the rules and scripts on the disk are broken, and the");
    }

    @Test
    void a_file_that_cannot_be_opened_ends_the_start_with_3_and_why() throws Exception {
        Files.writeString(folder.resolve("log"), "a file where the folder would be");
        rules("file: log/moondial.log");
        Process started = start();
        String err = new String(started.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(started.waitFor()).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err)
                .startsWith("ussd: ")
                .contains(
                        "the log file "
                                + folder.resolve("log/moondial.log")
                                + " cannot be opened: ")
                .hasLineCount(1);
    }

    @Test
    void what_keeps_it_from_its_start_is_the_last_line_of_the_log_too() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String endpoint = "127.0.0.1:" + taken.getLocalPort();
            rules("format: json, file: moondial.json}, admin: {listen: \"" + endpoint + "\"");
            Process started = start();
            String err =
                    new String(started.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(started.waitFor()).isEqualTo(ExitCode.NOT_STARTED);
            String reason =
                    "could not start: the interface cannot listen on %s (admin: listen): the address is in use by another program"
                            .formatted(endpoint);
            assertThat(err).isEqualTo("ussd: " + reason + "\n");
            JsonNode last =
                    JsonMapper.shared().readTree(lines(folder.resolve("moondial.json")).getLast());
            assertThat(last.get("level").stringValue()).isEqualTo("error");
            assertThat(last.get("text").stringValue()).isEqualTo(reason);
        }
    }

    @Test
    void what_a_script_logs_names_its_dialog_and_its_line_in_JSON() throws Exception {
        Path file = folder.resolve("moondial.json");
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                "\nlog.warn('a \"b\"\\n%s', 1)\nlocal function pay() error('no credit') end\npay()");
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                log: {format: json, file: moondial.json}
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
        Process started = start();
        assertThat(started.inputReader().readLine()).startsWith("ready");
        awaitLine(file, "listening at tcp 127.0.0.1:");
        String port =
                lines(file).stream()
                        .filter(it -> it.contains("listening at tcp 127.0.0.1:"))
                        .findFirst()
                        .orElseThrow()
                        .replaceFirst(".*127\\.0\\.0\\.1:([0-9]+).*", "$1");
        Process dial =
                UssdProcess.start(
                        "dial",
                        "--connect",
                        "127.0.0.1:" + port,
                        "--connect-timeout",
                        "120",
                        "*1#");
        assertThat(dial.waitFor()).isEqualTo(ExitCode.FAILED); // aborted
        awaitLine(file, "no credit");

        JsonMapper mapper = JsonMapper.builder().build();
        JsonNode logged =
                mapper.readTree(
                        lines(file).stream()
                                .filter(it -> it.contains("\"script\","))
                                .findFirst()
                                .orElseThrow());
        assertThat(logged.get("level").stringValue()).isEqualTo("warn");
        assertThat(logged.get("instance_id").stringValue()).startsWith("Logic-");
        assertThat(logged.get("tid").stringValue()).matches("[0-9a-f]{8}");
        assertThat(logged.get("script").stringValue()).isEqualTo("main");
        assertThat(logged.get("place").stringValue()).isEqualTo("main.lua:2");
        assertThat(logged.get("text").stringValue()).isEqualTo("a \"b\"\\n1");
        JsonNode failed =
                mapper.readTree(
                        lines(file).stream()
                                .filter(it -> it.contains("no credit"))
                                .findFirst()
                                .orElseThrow());
        assertThat(failed.get("logger").stringValue()).isEqualTo("dialog");
        assertThat(failed.get("instance_id")).isEqualTo(logged.get("instance_id"));
        assertThat(failed.get("place").stringValue()).isEqualTo("main.lua:3");
        assertThat(failed.get("text").stringValue()).isEqualTo("main.lua:3: no credit");
        assertThat(failed.get("stack"))
                .extracting(JsonNode::stringValue)
                .hasSize(2)
                .first()
                .asString()
                .startsWith("main.lua:3: in ");
    }
}
