package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.InProcess;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.LogWatch;
import io.moondial.script.api.Backend;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts of an engine call a real server. */
class HttpEngineTest {
    private static final String ANSWER =
            WildServer.answer(200, "{\"balance\":\"12.50\"}", "Content-Type: application/json");

    @TempDir Path folder;

    @BeforeEach
    void writeScript() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local a, why = http.get("billing", "/accounts/1")
                return a and "Balance " .. a.json.balance or why
                """);
    }

    private Path rules(WildServer server, String more) throws Exception {
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                """
                process: {triggers: [{script_key: main}]}
                control: {socket: "%s"}
                http: {upstreams: {billing: {url: "%s", timeout: 10m, connect_timeout: 1m}}}
                %s
                """
                        .formatted(folder.resolve("run/s.sock"), server.url(), more));
        return rules;
    }

    private static BlockingQueue<Screen> dial(Engine engine) throws Exception {
        BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        Handset.begin(
                engine.handsets(),
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode("*1#", Dcs.UNSPECIFIED),
                        null,
                        null,
                        null,
                        6),
                screens::add);
        return screens;
    }

    @Test
    void a_call_is_answered_counted_and_shown() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        try (WildServer server =
                        new WildServer(
                                peer -> {
                                    while (peer.request() != null) {
                                        answering.await();
                                        peer.write(ANSWER);
                                    }
                                });
                Engine engine = new Engine(Configuration.read(rules(server, "")))) {
            engine.start();
            BlockingQueue<Screen> screens = dial(engine);
            assertThat(server.next().headers().get("Moondial-Instance")).startsWith("Logic-");
            assertThat(engine.status().outside())
                    .contains(
                            new Backend.Gauge("http.billing", "in_flight", 1, null),
                            new Backend.Gauge("http.billing", "breaker", 0, "closed"));
            answering.countDown();
            assertThat(screens.poll(60, TimeUnit.SECONDS))
                    .isEqualTo(new Screen.Respond("Balance 12.50"));
            assertThat(engine.counters().value("calls.http.billing.2xx")).isEqualTo(1);
        }
    }

    @Test
    void a_secret_that_is_saved_comes_into_service_and_is_told_of() throws Exception {
        Path token = folder.resolve("token");
        Files.writeString(token, "one");
        try (LogWatch log = new LogWatch("reload");
                WildServer server = WildServer.answering(ANSWER)) {
            Path rules = rules(server, "script: {reload_interval: 50ms}");
            Files.writeString(
                    rules,
                    Files.readString(rules)
                            .replace(
                                    "timeout: 10m", "timeout: 10m, auth: {bearer: {file: token}}"));
            try (Engine engine = new Engine(Configuration.read(rules))) {
                engine.start();
                engine.followChanges(now -> {});
                dial(engine);
                assertThat(server.next().headers().get("Authorization")).isEqualTo("Bearer one");
                Files.writeString(token, "two");
                await().atMost(HttpBench.PATIENCE)
                        .until(() -> engine.status().reload().lastDone() != null);
                dial(engine);
                assertThat(server.next().headers().get("Authorization")).isEqualTo("Bearer two");
            }
            assertThat(log.lines())
                    .anySatisfy(
                            it ->
                                    assertThat(it)
                                            .endsWith("ms: a file or a variable that http names"))
                    .noneSatisfy(it -> assertThat(it).contains("two"));
        }
    }

    @Test
    void the_stop_of_an_engine_takes_calls_with_it() throws Exception {
        try (WildServer server =
                new WildServer(
                        peer -> {
                            peer.request();
                            peer.hang();
                        })) {
            Engine engine =
                    new Engine(Configuration.read(rules(server, "dialogs: {stop_timeout: 1ms}")));
            try (engine) {
                engine.start();
                dial(engine);
                server.next();
            }
            assertThat(engine.counters().sum("calls.http.billing.")).isPositive();
            await().atMost(HttpBench.PATIENCE).until(() -> server.open() == 0);
        }
    }

    @Test
    void a_recorded_conversation_has_what_was_answered_and_no_secret() throws Exception {
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local pin = ussd.menu("PIN?", {secret = true})
                local a = http.post("billing", "/pins/{pin}", {path = {pin = pin}, query = {again = pin}})
                local b = http.get("billing", "/accounts/1")
                return a.json.balance .. b.body
                """);
        Path recorded = folder.resolve("scripts/new.dialog");
        StringWriter out = new StringWriter();
        try (WildServer server = WildServer.answering(ANSWER)) {
            String rules = rules(server, "").toString();
            assertThat(
                            InProcess.ussd(
                                    out,
                                    out,
                                    "dial",
                                    "--rules",
                                    rules,
                                    "--record",
                                    recorded.toString(),
                                    "*1#",
                                    "7305"))
                    .as(out.toString())
                    .isZero();
            assertThat(server.next().target()).isEqualTo("/pins/7305?again=7305");
            assertThat(Files.readString(recorded))
                    .contains(
                            "given http POST billing /pins/****?again=**** answers 200 {\"balance\":\"12.50\"}\n",
                            "given http GET billing /accounts/1 answers 200 {\"balance\":\"12.50\"}\n")
                    .doesNotContain("7305");
            assertThat(InProcess.ussd(out, out, "test", "--rules", rules, recorded.toString()))
                    .as(out.toString())
                    .isZero();
        }
    }
}
