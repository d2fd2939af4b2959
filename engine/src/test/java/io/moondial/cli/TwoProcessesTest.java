package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A serve and a dial, each a process of its own, and a real link between them. */
@Tag("long")
class TwoProcessesTest {
    private static final int PATIENCE_SECONDS = 120;
    private static final Pattern LISTENING = Pattern.compile("listening at tcp 127.0.0.1:(\\d+)");

    @TempDir Path folder;

    private String rules(String mode) throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/balance.lua"),
                """
                local choice = ussd.menu("1. Balance\\n2. Airtime")
                return choice == "1" and "Your balance is 12.50" or "What?"
                """);
        Path file = folder.resolve("rules.yaml");
        Files.writeString(
                file,
                """
                process: {triggers: [{ussd_string: "*100#", script_key: balance}]}
                network:
                  sigtran:
                    point_code: 2
                    global_title: "27829000000"
                    application_servers:
                      - name: stp
                        mode: MODE
                        routing_context: 101
                        point_codes: [1]
                        associations: [{name: a1, transport: tcp, listen: "127.0.0.1:0"}]
                """
                        .replace("MODE", mode));
        return file.toString();
    }

    private static String port(BufferedReader log) throws IOException {
        for (String line; (line = log.readLine()) != null; ) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return listening.group(1);
            }
        }
        throw new AssertionError("serve ended without listening");
    }

    private static void assertServed(String port, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("dial", "--connect", "127.0.0.1:" + port));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--connect-timeout", "" + PATIENCE_SECONDS, "*100#", "1"));
        Process dial = UssdProcess.start(arguments.toArray(String[]::new));
        try (var out = dial.inputReader(StandardCharsets.UTF_8);
                var err = dial.errorReader(StandardCharsets.UTF_8)) {
            assertThat(out.lines().toList())
                    .containsExactly(
                            "menu 1. Balance",
                            "     2. Airtime",
                            "answer 1",
                            "respond Your balance is 12.50");
            assertThat(err.lines().toList()).isEmpty();
            assertThat(dial.waitFor()).isZero();
        } finally {
            dial.destroyForcibly();
        }
    }

    private long records(String words) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("edr"))) {
            return Files.readAllLines(files.toList().getFirst()).stream()
                    .filter(line -> line.contains(words))
                    .count();
        }
    }

    @ParameterizedTest
    @CsvSource({"asp,sgw", "sgw,asp"})
    void a_code_is_dialled_over_a_link_between_them(String ours, String theirs) throws Exception {
        Process serve = UssdProcess.start("serve", "--rules", rules(ours));
        try (var out = serve.inputReader(StandardCharsets.UTF_8);
                var log = serve.errorReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).startsWith("ready");
            String port = port(log);
            assertServed(port, "--mode", theirs);
            assertServed(port, "--mode", theirs, "--engine-gt", "27829000000");
            serve.destroy();
            assertThat(serve.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(serve.exitValue()).isZero();
        } finally {
            serve.destroyForcibly();
        }
        assertThat(records(">USSD-PROCESS|")).isEqualTo(2);
        assertThat(records(">USSD-PROCESS-R|TEXT=Your balance is 12.50")).isEqualTo(2);
    }

    @Test
    void a_dial_to_where_nobody_listens_says_how_far_it_came() throws Exception {
        Process dial =
                UssdProcess.start(
                        "dial", "--connect", "127.0.0.1:1", "--connect-timeout", "1", "*100#");
        try (var err = dial.errorReader(StandardCharsets.UTF_8)) {
            assertThat(err.lines().toList())
                    .anyMatch(
                            line ->
                                    line.contains("could not start: no traffic can flow after 1 s")
                                            && line.contains("tcp 127.0.0.1:1 is down"));
            assertThat(dial.waitFor()).isEqualTo(ExitCode.NOT_STARTED);
        } finally {
            dial.destroyForcibly();
        }
    }
}
