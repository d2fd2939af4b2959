package io.moondial.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.OwnCertificate;
import io.moondial.admin.Role;
import io.moondial.admin.RunningEngine;
import io.moondial.admin.UsersFile;
import io.moondial.handset.Screen;
import io.moondial.logic.ServiceDesk;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that ask an engine, over TCP with TLS and a token, where no rules file is at hand. */
class RemoteEngineTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String LUA =
            "local a = ussd.menu('Well?') ussd.menu('PIN?', {secret = true}) return 'So ' .. a";

    @TempDir static Path shared;
    private static String operator = "";
    private static String viewer = "";

    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private RunningEngine it;
    private Path token;

    @BeforeAll
    static void makeKeysAndUsers() throws Exception {
        OwnCertificate.make(shared, "engine");
        OwnCertificate.make(shared, "other");
        UsersFile users = new UsersFile(shared.resolve("users"));
        operator = users.addToken("robot", Role.OPERATOR);
        viewer = users.addToken("watcher", Role.VIEWER);
    }

    @BeforeEach
    void start() throws Exception {
        it =
                new RunningEngine(
                        folder,
                        LUA,
                        "admin:",
                        "  listen: 127.0.0.1:0",
                        "  users: " + shared.resolve("users"),
                        "  tls:",
                        "    certificate: " + shared.resolve("engine.pem"),
                        "    key: " + shared.resolve("engine.key"));
        it.engine.followChanges(now -> {});
        token = Files.writeString(folder.resolve("token"), operator + "\nsecond line\n");
    }

    @AfterEach
    void stop() {
        it.close();
    }

    private String address(String scheme, String host) {
        return "%s://%s:%d".formatted(scheme, host, it.engine.admin().tcpPort());
    }

    private int ussd(String... arguments) {
        return ussd(address("https", "127.0.0.1"), "engine.pem", token, arguments);
    }

    private int ussd(String address, String authority, Path tokenFile, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(
                List.of(
                        "--connect-admin",
                        address,
                        "--ca",
                        shared.resolve(authority).toString(),
                        "--token-file",
                        tokenFile.toString()));
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    /** As another one who calls. */
    private Path token(String text) throws Exception {
        return Files.writeString(folder.resolve("other-token"), text);
    }

    private void assertNothingIsToldOfTokens() {
        assertThat(out + "" + err).doesNotContain(operator, viewer);
    }

    @Test
    void status_and_reload_reach_it() throws Exception {
        assertThat(ussd("status")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("network    embedded", "counter    admin.connections");
        assertThat(ussd("status", "--alive")).isZero();
        Files.writeString(folder.resolve("scripts/main.lua"), "return (");
        assertThat(ussd("reload")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains("scripts/main.lua:1:")
                .endsWith("the scripts and rules in service stay: one problem to fix\n");
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'mended'");
        assertThat(ussd("reload")).isZero();
        assertThat(it.dial(null, "*1#").next(Screen.Respond.class).text()).isEqualTo("mended");
        assertNothingIsToldOfTokens();
    }

    @Test
    void it_is_dialled_and_what_was_held_becomes_a_test() throws Exception {
        Path record = folder.resolve("t.dialog");
        assertThat(
                        ussd(
                                "dial",
                                "--live",
                                "--msisdn",
                                "27761485722",
                                "--record",
                                record.toString(),
                                "*1#",
                                "1",
                                "1234"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "menu Well?", "answer 1", "menu PIN?", "answer ****", "respond So 1");
        assertThat(record).content().contains("from 27761485722", "answer ****");
        assertThat(it.engine.counters().value(ServiceDesk.BEGUN)).isEqualTo(1);
    }

    @Test
    void a_dialog_is_followed_to_its_end() throws Exception {
        RunningEngine.Call call = it.dial("27761485722", "*1#");
        Screen.Menu menu = call.next(Screen.Menu.class);
        assertThat(ussd("dialogs", "--json")).as(err.toString()).isZero();
        String id = out.toString().replaceFirst("(?s).*\"instance_id\":\"([^\"]*)\".*", "$1");
        out.getBuffer().setLength(0);
        FutureTask<Integer> follows = new FutureTask<>(() -> ussd("dialogs", "--follow", id));
        Thread.ofVirtual().start(follows);
        await().atMost(PATIENCE).until(() -> out.toString().contains("Well?"));
        call.handset.answer(menu, "1");
        call.handset.answer(call.next(Screen.Menu.class), "1234");
        assertThat(follows.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        assertThat(out.toString())
                .contains("from 27761485722", "answer   1  ", "answer   ****  ", "respond  So 1")
                // as a word: an id that is made by chance may have these digits
                .doesNotContainPattern("\\b1234\\b");
    }

    @Test
    void a_trace_comes_and_is_stopped_by_another_call() throws Exception {
        Path pcap = folder.resolve("t.pcap");
        FutureTask<Integer> traces =
                new FutureTask<>(() -> ussd("trace", "--all", "--pcap", pcap.toString()));
        Thread.ofVirtual().start(traces);
        await().atMost(PATIENCE).until(() -> Files.exists(pcap) && Files.size(pcap) > 0);
        it.dial(null, "*1#").next(Screen.Menu.class);
        assertThat(ussd("trace", "--stop")).as(err.toString()).isZero();
        assertThat(traces.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isZero();
        assertThat(err.toString()).contains("2 messages traced, 0 left out");
    }

    @Test
    void a_viewer_sees_no_number_and_does_nothing() throws Exception {
        String address = address("https", "127.0.0.1");
        Path viewers = token(viewer);
        it.dial("27761485722", "*1#").next(Screen.Menu.class);
        assertThat(ussd(address, "engine.pem", viewers, "dialogs")).as(err.toString()).isZero();
        assertThat(out.toString()).contains("2776148****").doesNotContain("27761485722");
        for (String[] verb :
                List.of(
                        new String[] {"reload"},
                        new String[] {"trace", "--stop"},
                        new String[] {"dial", "--live", "*1#"},
                        new String[] {"dialogs", "--msisdn", "2776"})) {
            err.getBuffer().setLength(0);
            assertThat(ussd(address, "engine.pem", viewers, verb))
                    .as(String.join(" ", verb))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(err.toString())
                    .as(String.join(" ", verb))
                    .startsWith("ussd: the engine refuses: ")
                    .contains("operator");
        }
        assertThat(it.engine.counters().value(ServiceDesk.BEGUN)).isEqualTo(1);
        assertNothingIsToldOfTokens();
    }

    @Test
    void a_token_that_nobody_has_is_refused() throws Exception {
        String address = address("https", "127.0.0.1");
        Path unknown = token("moondial_" + "x".repeat(43));
        assertThat(ussd(address, "engine.pem", unknown, "status")).isEqualTo(ExitCode.FAILED);
        assertThat(
                        InProcess.ussd(
                                out,
                                err,
                                "status",
                                "--connect-admin",
                                address,
                                "--ca",
                                shared.resolve("engine.pem").toString()))
                .as("none at all")
                .isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("ussd: the engine refuses: "));
    }

    @Test
    void an_engine_that_is_not_trusted_gets_no_token_and_says_why() throws Exception {
        String address = address("https", "127.0.0.1");
        assertThat(ussd(address, "other.pem", token, "status")).isEqualTo(ExitCode.NOT_STARTED);
        String other = address("https", "localhost");
        assertThat(ussd(other, "engine.pem", token, "status")).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString().lines())
                .containsExactly(
                        "ussd: no safe connection to %s: nobody who is trusted has signed its certificate; --ca FILE names who is trusted"
                                .formatted(address),
                        "ussd: no safe connection to %s: its certificate is not accepted: No name matching localhost found"
                                .formatted(other));
        assertThat(it.engine.counters().value("admin.requests")).isZero();
        assertNothingIsToldOfTokens();
    }

    @Test
    void an_address_with_the_wrong_scheme_is_told() throws Exception {
        String clear = address("http", "127.0.0.1");
        assertThat(ussd(clear, "engine.pem", token, "status")).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines(
                        "ussd: what answers at %s is another program, or an engine of another version: its answer is no HTTP; if it speaks TLS, its address begins with https://\n"
                                .formatted(clear));
        err.getBuffer().setLength(0);
        it.close();
        it =
                new RunningEngine(
                        folder,
                        LUA,
                        "admin: {listen: '127.0.0.1:0', users: %s}"
                                .formatted(shared.resolve("users")));
        String protectedAddress = address("https", "127.0.0.1");
        assertThat(ussd(protectedAddress, "engine.pem", token, "status"))
                .isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines(
                        "ussd: no safe connection to %s: what answers does not speak TLS\n"
                                .formatted(protectedAddress));
        assertThat(ussd(address("http", "127.0.0.1"), "engine.pem", token, "status")).isZero();
    }
}
