package io.moondial.admin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.cli.test.ServedTests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rules, scripts and phones of an engine as they are asked over its socket. */
class DeskOverHttpTest {
    @TempDir Path folder;
    private final JsonMapper json = new JsonMapper();
    private @Nullable Engine started;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"), "return 'you said ' .. ussd.menu('1. Talk')");
        Files.writeString(folder.resolve("secret.lua"), "return 'secret'");
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main, ussd_string_prefix: "*1"}]}
                edr: {directory: edrs}
                """);
        Engine engine = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        started = engine;
        engine.start();
        engine.openAdmin(
                List.of(new ScriptsResource(engine.scripts(), new ServedTests(engine::rules))));
    }

    @AfterEach
    void close() {
        requireNonNull(started).close();
    }

    /** All that comes back. */
    private String ask(String methodAndPath, String body) throws Exception {
        Path socket = requireNonNull(started).rules().control().socket();
        try (Served.Wire wire = Served.connect(socket)) {
            int length = body.getBytes(StandardCharsets.UTF_8).length;
            wire.send(
                    methodAndPath
                            + " HTTP/1.1\r\nHost: local\r\nConnection: close\r\n"
                            + (length == 0
                                    ? ""
                                    : "Content-Type: application/json\r\nContent-Length: "
                                            + length
                                            + "\r\n")
                            + "\r\n"
                            + body);
            return wire.rest();
        }
    }

    private JsonNode answer(String methodAndPath, String body) throws Exception {
        String all = ask(methodAndPath, body);
        assertThat(all).startsWith("HTTP/1.1 20");
        return json.readTree(all.substring(all.indexOf("\r\n\r\n") + 4));
    }

    @Test
    void a_phone_dials_and_answers() throws Exception {
        String id = answer("POST /v1/phone", "{\"code\": \"*100#\"}").get("phone_id").asString();
        JsonNode menu = answer("GET /v1/phone/" + id + "?after=0&wait_ms=60000", "");
        assertThat(menu.get("screens").get(0).get("text").asString()).isEqualTo("1. Talk");
        answer("POST /v1/phone/" + id + "/answer", "{\"text\": \"hi\"}");
        JsonNode end = answer("GET /v1/phone/" + id + "?after=1&wait_ms=60000", "");
        assertThat(end.get("screens").get(1).get("text").asString()).isEqualTo("you said hi");
        assertThat(ask("DELETE /v1/phone/" + id, "")).startsWith("HTTP/1.1 204 ");
        assertThat(ask("GET /v1/phone/" + id, "")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void who_answers_is_asked_with_a_code_in_the_query() throws Exception {
        assertThat(answer("GET /v1/rules/answer?code=*1%23&ssn=6", "").get("script").asString())
                .isEqualTo("main");
        assertThat(answer("GET /v1/rules/answer?code=*2%23", "").get("script").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2fsecret",
                "%2e%2e%2fsecret",
                "..%5csecret",
                "%252e%252e%252fsecret",
                "..;/secret",
                "main%00",
                "main.lua",
                "%c0%ae%c0%ae%c0%afsecret",
                "../../secret",
                "%zz"
            })
    void a_key_leads_to_no_file_whatever_is_in_it(String key) throws Exception {
        for (String path :
                new String[] {
                    "GET /v1/scripts/" + key,
                    "POST /v1/scripts/" + key + "/tests",
                    "GET /v1/scripts/main/releases/" + key,
                    "POST /v1/scripts/main/releases/" + key + "/restore"
                }) {
            assertThat(ask(path, ""))
                    .as(path)
                    .matches("(?s)HTTP/1\\.1 40[045] .*")
                    .doesNotContain("return 'secret'");
        }
    }
}
