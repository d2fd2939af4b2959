package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.LastGood;
import io.moondial.admin.RunningEngine;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.Place;
import java.io.IOException;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine whose rules file is broken is asked all the same, wherever its socket is: what
 * supervises it would end it otherwise.
 */
class BrokenRulesTest {
    private static final String SOCKET = "control: {socket: elsewhere/ussd.sock}";
    private static final String WHOLE = "process: {triggers: [{script_key: main}]}\n" + SOCKET;

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int alive(RunningEngine it, String... more) {
        List<String> all = new ArrayList<>(List.of("status", "--alive"));
        all.addAll(List.of("--rules", it.rules.toString()));
        all.addAll(List.of(more));
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    private RunningEngine running(String state) throws Exception {
        RunningEngine it = new RunningEngine(folder, "return 'x'", SOCKET);
        assertThat(Files.readString(it.rules)).isEqualTo(WHOLE);
        it.engine.keepLastGood(new LastGood(it.rules, folder.resolve(state)));
        return it;
    }

    private void assertAsked(RunningEngine it, String says) {
        assertThat(alive(it)).as("%s", err).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).endsWith(" is running\n");
        assertThat(err.toString())
                .startsWith("ussd: " + it.rules)
                .contains(
                        says,
                        "; so the socket of the set that was in service last is asked: "
                                + it.socket)
                .hasLineCount(1);
    }

    @Test
    void an_empty_file() throws Exception {
        try (RunningEngine it = running("state")) {
            Files.writeString(it.rules, "");
            assertAsked(it, ": the file is empty, or has only comments: ");
        }
    }

    @Test
    void a_file_of_octets_by_chance() throws Exception {
        byte[] octets = new byte[4096];
        new Random(7).nextBytes(octets);
        try (RunningEngine it = running("state")) {
            Files.write(it.rules, octets);
            assertAsked(it, ":1:");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "process: {triggers: [{script_key: main",
                "process:\n  triggers:\n    - {script_key: main}\n    - {scr",
                "process: {triggers: [}\nedr: {}",
                "process: {triggers: [{script_key: main}]\ncontrol:\n",
                "no keys at all",
            })
    void a_file_that_is_no_yaml_to_its_end_and_names_no_socket(String text) throws Exception {
        try (RunningEngine it = running("state")) {
            Files.writeString(it.rules, text);
            assertAsked(it, ":");
        }
    }

    @Test
    void no_file() throws Exception {
        try (RunningEngine it = running("state")) {
            Files.delete(it.rules);
            assertAsked(it, ": there is no such file");
        }
    }

    /** The engine has its own from its start; what is said of another is not in service. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "process: {triggers: []}\ncontrol: {socket: another/ussd.sock}",
                "nonsense: 1\ncontrol: {socket: another/ussd.sock}",
                "process: {triggers: [}\ncontrol: {socket: another/ussd.sock}",
                "process: {triggers: [}\ncontrol: {socket: elsewh",
                "process: {triggers: []}",
            })
    void a_file_that_names_another_socket_at_which_nobody_listens(String text) throws Exception {
        try (RunningEngine it = running("state")) {
            Files.writeString(it.rules, text);
            assertThat(alive(it)).as("%s", err).isEqualTo(ExitCode.GOOD);
            assertThat(err.toString()) // in other words where the file is cut off
                    .matches("ussd: .*; so .*\\bset that was in service last\\b.* (is )?asked.*\n")
                    .contains(it.socket.toString());
        }
    }

    @Test
    void the_socket_that_has_answered_is_asked_to_the_end() throws Exception {
        Path first = folder.resolve("first.sock");
        List<String> told = new ArrayList<>();
        try (RunningEngine it = running("state");
                AdminClient client =
                        AdminClient.local(
                                new Place(first, "the first"),
                                new Place(it.socket, "the second"),
                                told::add);
                ServerSocketChannel silent =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(client.get("/v1/status").answer().isObject()).isTrue();
            silent.bind(UnixDomainSocketAddress.of(first));
            assertThat(client.get("/v1/status").answer().isObject()).isTrue();
            assertThat(told)
                    .containsExactly(
                            "nobody listens at %s (the first); so %s (the second) is asked"
                                    .formatted(first, it.socket));
        }
    }

    @Test
    void where_a_broken_file_still_names_the_socket_nothing_is_said() throws Exception {
        try (RunningEngine it = running("elsewhere")) {
            Files.writeString(it.rules, "process: {triggers: [}\n" + SOCKET + "\nedr: {");
            assertThat(alive(it)).as("%s", err).isEqualTo(ExitCode.GOOD);
            assertThat(err.toString()).isEmpty();
        }
    }

    @Test
    void the_set_is_kept_where_state_says() throws Exception {
        try (RunningEngine it = running("kept")) {
            Files.writeString(it.rules, "");
            assertThat(alive(it, "--state", folder.resolve("kept").toString()))
                    .isEqualTo(ExitCode.GOOD);
            assertThat(err.toString()).contains("in service last is asked: " + it.socket);
        }
    }

    @Test
    void for_the_rules_of_a_package_its_launcher_says_where_the_set_is_kept() throws Exception {
        try (RunningEngine it = running("kept")) {
            Files.writeString(it.rules, "");
            assertThat(asInstalled("status", "--alive")).isEqualTo(ExitCode.GOOD);
            assertThat(err.toString()).contains("in service last is asked: " + it.socket);

            Path other = Files.createDirectories(folder.resolve("other")).resolve("rules.yaml");
            Files.writeString(other, "");
            assertThat(asInstalled("status", "--alive", "--rules", other.toString()))
                    .isEqualTo(ExitCode.NOT_STARTED);
            assertThat(err.toString())
                    .contains("no " + other.resolveSibling("state/rules.yaml.last-good"));
        }
    }

    /** The command with what the launcher of a package says of its folders. */
    private int asInstalled(String... arguments) throws Exception {
        Process process =
                UssdProcess.start(
                        List.of(
                                "-Dmoondial.rules=" + folder.resolve("rules.yaml"),
                                "-Dmoondial.state=" + folder.resolve("kept")),
                        arguments);
        try {
            err.write(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void the_socket_can_be_named() throws Exception {
        try (RunningEngine it = running("kept")) {
            Files.writeString(it.rules, "");
            assertThat(alive(it, "--socket", it.socket.toString())).isEqualTo(ExitCode.GOOD);
            assertThat(err.toString()).isEmpty();
            assertThat(alive(it, "--socket", "s", "--connect-admin", "https://localhost:1"))
                    .isEqualTo(ExitCode.BAD_INPUT);
        }
    }

    @Test
    void where_no_set_is_kept_that_is_said_with_what_is_asked() throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: [");
        assertThat(InProcess.ussd(out, err, "status", "--alive", "--rules", rules.toString()))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        first ->
                                assertThat(first)
                                        .startsWith("ussd: " + rules + ":1:")
                                        .contains(
                                                "; and no set is kept: there is no "
                                                        + folder.resolve(
                                                                "state/rules.yaml.last-good")
                                                        + " (--state names another folder); so the default socket is asked: "
                                                        + folder.resolve("run/ussd.sock")),
                        second -> assertThat(second).startsWith("ussd: no engine answers at "));
    }

    @Test
    void a_kept_set_that_is_damaged_is_as_none() throws IOException {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: [");
        Files.createDirectories(folder.resolve("state"));
        Files.write(
                folder.resolve("state/rules.yaml.last-good"),
                "PK and no more".getBytes(StandardCharsets.US_ASCII));
        assertThat(InProcess.ussd(out, err, "status", "--alive", "--rules", rules.toString()))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString()).contains("so the default socket is asked");
    }
}
