package io.moondial.cli.dial;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A handset on an engine that reaches nothing outside, or that really does and is recorded. */
class StandInsTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeScript() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("scripts/main.lua"),
                """
                local pin = ussd.menu("PIN?", {secret = true})
                local answer, why = http.post("billing", "/balance", {json = {pin = pin}})
                if not answer then return "Not now: " .. why end
                return CURRENCY .. " " .. answer.json.balance
                """);
        Files.writeString(
                folder.resolve("scripts/main.dialog"),
                """
                before
                given http POST billing /balance answers 200 {"balance":"12.50"}

                test "a balance"
                dial *1#
                menu PIN?
                answer 1234
                respond KES 12.50

                test "elsewhere"
                given global CURRENCY USD
                dial *1#
                menu PIN?
                answer 1234
                respond USD 12.50
                """);
        rules("http://127.0.0.1:1", "{file: not-there}");
    }

    private void rules(String url, String password) throws IOException {
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}], globals: {CURRENCY: KES}}
                http:
                  upstreams:
                    billing: {url: "%s", auth: {bearer: %s}}
                log: {level: error}
                """
                        .formatted(url, password));
    }

    private int ussd(String verb, String... arguments) {
        List<String> all =
                new ArrayList<>(List.of(verb, "--rules", folder.resolve("rules.yaml").toString()));
        all.addAll(List.of(arguments));
        return InProcess.ussd(out, err, all.toArray(String[]::new));
    }

    private String dialogs() {
        return folder.resolve("scripts/main.dialog").toString();
    }

    @Test
    void what_the_first_test_is_given_answers_without_the_secrets_of_the_rules() {
        assertThat(ussd("dial", "--stand-ins", dialogs(), "*1#", "1234")).isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).isEqualTo("menu PIN?\nanswer ****\nrespond KES 12.50\n");
        assertThat(ussd("dial", "*1#", "1234")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("there is no such file");
    }

    @Test
    void a_line_chooses_the_test() {
        assertThat(ussd("dial", "--stand-ins", dialogs() + ":13", "*1#", "1234"))
                .isEqualTo(ExitCode.GOOD);
        assertThat(out.toString()).isEqualTo("menu PIN?\nanswer ****\nrespond USD 12.50\n");
        assertThat(ussd("dial", "--stand-ins", dialogs() + ":2", "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("main.dialog: no test begins at line 2 or above it");
        assertThat(ussd("dial", "--stand-ins", dialogs(), "--connect", "*1#"))
                .isEqualTo(ExitCode.BAD_INPUT);
    }

    @Test
    void a_call_without_a_given_is_told_with_the_nearest() throws IOException {
        Files.writeString(
                folder.resolve("scripts/main.dialog"),
                "test \"x\"\ngiven http GET billing /balance answers 200\ndial *1#\n");
        ussd("dial", "--stand-ins", dialogs(), "*1#", "1234");
        assertThat(err.toString())
                .contains("ussd: ")
                .contains("POST billing /balance")
                .contains("GET billing /balance");
    }

    @Test
    void what_a_stand_in_objects_to_comes_before_what_it_causes() throws IOException {
        Files.writeString(
                folder.resolve("scripts/main.dialog"),
                """
                test "x"
                given http POST biling /balance answers 200 {"balance":"12.50"}
                dial *1#
                menu PIN?
                answer 1234
                respond KES 12.50
                """);
        assertThat(ussd("test", dialogs())).isEqualTo(ExitCode.FAILED);
        String told = out.toString();
        assertThat(told).contains("there is no upstream 'biling'; did you mean billing?");
        assertThat(told.indexOf("biling'")).isLessThan(told.indexOf("no 'given http' answers"));
        assertThat(told.indexOf("no 'given http' answers")).isLessThan(told.indexOf("different"));
    }

    @Test
    void a_password_in_the_rules_is_not_shown() throws IOException {
        rules("http://127.0.0.1:1", "hunter2");
        assertThat(ussd("check")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString() + out)
                .contains("a secret is not written here")
                .doesNotContain("hunter2");
    }

    @Test
    void a_recording_of_real_calls_is_a_test_that_needs_none() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = "{\"balance\":\"99.00\"}".getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        Path token = folder.resolve("token");
        Files.writeString(token, "t0ken");
        rules("http://127.0.0.1:" + server.getAddress().getPort(), "{file: token}");
        Path recorded = folder.resolve("scripts/recorded.dialog");
        try {
            assertThat(ussd("dial", "--record", recorded.toString(), "*1#", "1234"))
                    .isEqualTo(ExitCode.GOOD);
        } finally {
            server.stop(0);
        }
        assertThat(recorded)
                .content()
                .contains("given http POST billing /balance answers 200 {\"balance\":\"99.00\"}")
                .doesNotContain("1234")
                .doesNotContain("t0ken");
        assertThat(ussd("test", recorded.toString())).isEqualTo(ExitCode.GOOD);
    }
}
