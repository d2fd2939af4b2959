package io.moondial.admin;

import static io.moondial.admin.Asking.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code /v1/phone} on an engine with a network of its own, and on one with a real network. */
class PhoneResourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String EMBEDDED = "network: {embedded: {ssns: [6, 147]}}\n";

    /** Nobody connects to it. */
    private static final String SIGTRAN =
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
            """;

    private static final String MAIN =
            """
            local choice = ussd.menu("1. Pay")
            local pin = ussd.menu("PIN?", {secret = true})
            ussd.notify("wait")
            log.info("chosen " .. choice)
            return "done"
            """;

    @TempDir Path folder;
    private @Nullable Engine engine;
    private Asking api = new Asking();

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private Engine running(String network, String admin) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), MAIN);
        Files.writeString(
                folder.resolve("scripts/origin.lua"),
                "local request = ... return request.origination or 'none'");
        Files.writeString(folder.resolve("scripts/fail.lua"), "return ussd.decline(34)");
        Files.writeString(
                folder.resolve("rules.yaml"),
                network
                        + admin
                        + """
                        edr: {directory: edrs}
                        process:
                          triggers:
                          - {script_key: origin, ussd_string: "*9#", source_gt_prefix: "27829"}
                          - {script_key: fail, ussd_string: "*8#"}
                          - {script_key: main, ussd_string_prefix: "*1", mask: {after: 2}}
                        """);
        Engine running = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        engine = running;
        running.start();
        api = new Asking(running.phoneResource());
        return running;
    }

    private JsonNode dial(String body) throws Exception {
        Answer answer = api.ask(OPERATOR, "POST", "/v1/phone", body);
        assertThat(((Answer.Json) answer).status()).isEqualTo(201);
        return ((Answer.Json) answer).value();
    }

    private JsonNode look(String id, int after) throws Exception {
        return api.get(OPERATOR, "/v1/phone/%s?after=%d&wait_ms=60000".formatted(id, after));
    }

    private JsonNode answer(String id, String body) throws Exception {
        return api.post(OPERATOR, "/v1/phone/" + id + "/answer", body);
    }

    private String refusal(String body) throws Exception {
        return api.refusal(OPERATOR, "POST", "/v1/phone", body);
    }

    @ParameterizedTest
    @ValueSource(strings = {EMBEDDED, SIGTRAN})
    void a_phone_goes_through_a_menu_with_a_secret_whatever_the_network(String network)
            throws Exception {
        Engine running = running(network, "");
        String id =
                dial("{\"code\": \"*100#\", \"msisdn\": \"27761234567\"}")
                        .get("phone_id")
                        .asString();
        JsonNode menu = look(id, 0);
        assertThat(menu.get("state").asString()).isEqualTo("menu");
        assertThat(menu.get("instance_id").asString()).isNotEmpty();
        assertThat(menu.get("screens").get(0).get("text").asString()).isEqualTo("1. Pay");
        assertThat(menu.get("screens").get(0).get("secret_answer").asBoolean()).isFalse();
        answer(id, "{\"text\": \"1\"}");
        JsonNode secret = look(id, 1);
        assertThat(secret.get("screens").get(1).get("text").asString()).isEqualTo("PIN?");
        assertThat(secret.get("screens").get(1).get("secret_answer").asBoolean()).isTrue();
        answer(id, "{\"text\": \"4711\"}");
        JsonNode notify = look(id, 2);
        assertThat(notify.get("state").asString()).isEqualTo("notify");
        assertThat(
                        api.refusal(
                                OPERATOR,
                                "POST",
                                "/v1/phone/" + id + "/answer",
                                "{\"text\": \"1\"}"))
                .startsWith("409 a notify is on the screen");
        answer(id, "{}");
        JsonNode end = look(id, 3);
        assertThat(end.get("state").asString()).isEqualTo("ended");
        assertThat(end.get("screens").get(3).get("kind").asString()).isEqualTo("respond");
        assertThat(end.get("screens").get(3).get("text").asString()).isEqualTo("done");
        assertThat(
                        api.refusal(
                                OPERATOR,
                                "POST",
                                "/v1/phone/" + id + "/answer",
                                "{\"text\": \"1\"}"))
                .isEqualTo("409 the dialog is over: dial again");
        assertThat(running.counters().value("phones.dialled")).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> running.stackDialogs() == 0);
        running.stop();
        assertThat(records())
                .as("records included")
                .contains("27761234567", end.get("instance_id").asString())
                .contains("TEXT=%2A%2A%2A%2A\n")
                // as a word: a number that is made by chance may have these digits
                .doesNotContainPattern("\\b4711\\b");
    }

    private String records() throws Exception {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder.resolve("edrs"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void a_real_network_sees_nothing_of_phones() throws Exception {
        Engine running = running(SIGTRAN, "");
        String network = running.status().network();
        String id = dial("{\"code\": \"*100#\"}").get("phone_id").asString();
        look(id, 0);
        assertThat(running.status().network()).isEqualTo(network).isEqualTo("sigtran");
        assertThat(running.links()).allSatisfy(link -> assertThat(link.load().open()).isZero());
        assertThat(running.stackDialogs()).isEqualTo(1);
        assertThat(running.openDialogs()).isEqualTo(1);
    }

    @Test
    void phones_show_where_they_come_from_if_the_rules_say_so() throws Exception {
        running(EMBEDDED, "admin: {phones: {origination: \"999\"}}\n");
        String id = dial("{\"code\": \"*9#\"}").get("phone_id").asString();
        assertThat(look(id, 0).get("screens").get(0).get("text").asString()).isEqualTo("999");
    }

    @Test
    void a_code_that_no_trigger_takes_and_a_refusal_of_a_script_are_declines() throws Exception {
        running(EMBEDDED, "");
        JsonNode nobody = look(dial("{\"code\": \"*7#\"}").get("phone_id").asString(), 0);
        assertThat(nobody.get("state").asString()).isEqualTo("ended");
        assertThat(nobody.get("instance_id").isNull()).isTrue();
        assertThat(nobody.get("screens").get(0).get("kind").asString()).isEqualTo("decline");
        assertThat(nobody.get("screens").get(0).get("code").asInt()).isEqualTo(36);
        JsonNode declined = look(dial("{\"code\": \"*8#\"}").get("phone_id").asString(), 0);
        assertThat(declined.get("screens").get(0).get("code").asInt()).isEqualTo(34);
        assertThat(declined.get("instance_id").asString()).isNotEmpty();
    }

    @Test
    void an_error_is_an_answer_too_and_hanging_up_ends_the_dialog() throws Exception {
        Engine running = running(EMBEDDED, "");
        String refusing = dial("{\"code\": \"*100#\"}").get("phone_id").asString();
        look(refusing, 0);
        answer(refusing, "{\"error\": 72}");
        assertThat(look(refusing, 1).get("state").asString())
                .as("the script went on")
                .isEqualTo("menu");
        String id = dial("{\"code\": \"*100#\"}").get("phone_id").asString();
        look(id, 0);
        CompletableFuture<JsonNode> polling =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return look(id, 1);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertThat(api.ask(OPERATOR, "DELETE", "/v1/phone/" + id, ""))
                .isInstanceOf(Answer.Empty.class);
        assertThat(api.refusal(OPERATOR, "GET", "/v1/phone/" + id, "")).startsWith("404 ");
        // one that began to wait before learns that it is over; one that came later, that it is
        // gone
        polling.handle((view, gone) -> view == null ? gone : view).join();
        await().atMost(PATIENCE).until(() -> running.openDialogs() == 1);
        assertThat(running.counters().value("dialogs.finished.abandoned")).isPositive();
    }

    @Test
    void there_are_no_more_phones_than_the_rules_allow_and_those_that_ended_make_room()
            throws Exception {
        Engine running = running(EMBEDDED, "admin: {phones: {max: 2}}\n");
        String first = dial("{\"code\": \"*8#\"}").get("phone_id").asString();
        look(first, 0);
        dial("{\"code\": \"*100#\"}");
        dial("{\"code\": \"*100#\"}");
        assertThat(refusal("{\"code\": \"*100#\"}"))
                .isEqualTo(
                        "429 2 phones are held, as many as admin: phones: max allows: hang one up");
        assertThat(running.counters().value("phones.refused")).isEqualTo(1);
        assertThat(api.refusal(OPERATOR, "GET", "/v1/phone/" + first, ""))
                .as("the one that ended made room")
                .startsWith("404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {EMBEDDED, SIGTRAN})
    void a_phone_that_is_on_waits_for_what_is_pushed(String network) throws Exception {
        Engine running = running(network, "");
        JsonNode on = dial("{\"on\": \"27761234567\"}");
        assertThat(on.get("state").asString()).isEqualTo("on");
        assertThat(on.get("instance_id").isNull()).isTrue();
        assertThat(on.get("screens")).isEmpty();
        String id = on.get("phone_id").asString();
        assertThat(api.refusal(OPERATOR, "POST", "/v1/phone/" + id + "/answer", "{}"))
                .startsWith("409 there is nothing on the screen to answer");
        assertThat(api.ask(OPERATOR, "DELETE", "/v1/phone/" + id, ""))
                .isInstanceOf(Answer.Empty.class);
        assertThat(api.refusal(OPERATOR, "GET", "/v1/phone/" + id, "")).startsWith("404 ");
        assertThat(running.counters().value("phones.turned_on")).isOne();
        assertThat(refusal("{\"on\": \"27761234567\", \"ssn\": 6}"))
                .isEqualTo("400 ssn is for a phone that dials, not for one with on");
    }

    @Test
    void what_no_phone_can_do_is_refused_with_what_is_allowed() throws Exception {
        running(EMBEDDED, "");
        for (String body :
                List.of(
                        "{}",
                        "[]",
                        "no json",
                        "{\"code\": \"\"}",
                        "{\"code\": 100}",
                        "{\"code\": \"*1#\", \"notify\": \"x\"}",
                        "{\"code\": \"" + "1".repeat(200) + "\"}",
                        "{\"code\": \"*1#\", \"msisdn\": \"+27\"}",
                        "{\"code\": \"*1#\", \"msisdn\": \"\"}",
                        "{\"code\": \"*1#\", \"ssn\": 8}",
                        "{\"code\": \"*1#\", \"ssn\": \"6\"}",
                        "{\"code\": \"*1#\", \"dcs\": 256}",
                        "{\"code\": \"*1#\", \"imsi\": \"1\", \"destination\": \"2\"}",
                        "{\"on\": \"1\", \"code\": \"*1#\"}",
                        "{\"on\": \"+27\"}",
                        "{\"on\": true}",
                        "{\"code\": \"*1#\", \"colour\": \"red\"}")) {
            assertThat(refusal(body)).as(body).startsWith("400 ");
        }
        assertThat(refusal("{\"code\": \"*1#\", \"ssn\": 8}"))
                .isEqualTo("400 ssn is 8; the engine answers at [6, 147]");
        for (String id : List.of("0", "..%2f..", "%00", "x".repeat(1_000))) {
            assertThat(api.refusal(OPERATOR, "GET", "/v1/phone/" + id, "")).startsWith("404 ");
            assertThat(api.refusal(OPERATOR, "DELETE", "/v1/phone/" + id, "")).startsWith("404 ");
            assertThat(api.refusal(OPERATOR, "POST", "/v1/phone/" + id + "/answer", "{}"))
                    .startsWith("404 ");
        }
        String id = dial("{\"code\": \"*100#\"}").get("phone_id").asString();
        look(id, 0);
        for (String body :
                List.of(
                        "{\"error\": 300}",
                        "{\"error\": 1, \"text\": \"x\"}",
                        "{\"text\": 1}",
                        "{\"text\": \"" + "1".repeat(200) + "\"}",
                        "{\"txt\": \"1\"}")) {
            assertThat(api.refusal(OPERATOR, "POST", "/v1/phone/" + id + "/answer", body))
                    .as(body)
                    .startsWith("400 ");
        }
        assertThat(api.refusal(OPERATOR, "POST", "/v1/phone/" + id + "/answer", "{}"))
                .startsWith("409 a menu is on the screen");
        assertThat(api.refusal(OPERATOR, "GET", "/v1/phone/" + id + "?wait_ms=60001", ""))
                .startsWith("400 ");
        assertThat(look(id, 0).get("state").asString())
                .as("nothing of it has changed")
                .isEqualTo("menu");
        assertThat(api.role("POST", "/v1/phone")).isEqualTo(Role.OPERATOR);
    }
}
