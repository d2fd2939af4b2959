package io.moondial.cli.dial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.RefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A phone at an engine whose dialog ends later for it than for the phone. */
class LivePhoneTest {
    private static final String TEST = "test \"dial *1#\"\n";
    private static final String RUNS = "{\"error\":\"the dialog runs still\"}";
    private static final String LEFT_OUT = "{\"error\":\"3 things were not kept\"}";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer engine;

    /** How often the dialog is asked for until it has ended. */
    private volatile int endsAfter;

    private volatile String instanceId = "\"Logic-1\"";

    /** Whether there is a test of it then. */
    private volatile boolean whole = true;

    @BeforeEach
    void start() throws IOException {
        engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        engine.createContext("/v1/phone", it -> answer(it, 200, phone()));
        engine.createContext(
                "/v1/dialogs/Logic-1",
                it ->
                        answer(
                                it,
                                200,
                                "{\"dialog\":{\"outcome\":\"%s\"}}"
                                        .formatted(hasEnded() ? "responded" : "open")));
        engine.createContext(
                "/v1/dialogs/Logic-1/test",
                it -> {
                    if (!hasEnded()) {
                        answer(it, 409, RUNS);
                    } else if (whole) {
                        answer(it, 200, TEST);
                    } else {
                        answer(it, 409, LEFT_OUT);
                    }
                });
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.stop(0);
    }

    private String phone() {
        return "{\"phone_id\":\"p\",\"instance_id\":"
                + instanceId
                + ",\"state\":\"ended\",\"screens\":[]}";
    }

    private boolean hasEnded() {
        return asked.stream().filter(it -> it.equals("/v1/dialogs/Logic-1")).count() >= endsAfter;
    }

    private void answer(HttpExchange exchange, int status, String body) throws IOException {
        asked.add(exchange.getRequestURI().getPath());
        byte[] octets = body.getBytes(UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, octets.length);
            exchange.getResponseBody().write(octets);
        }
    }

    private AdminClient client() throws IOException {
        return AdminClient.remote(
                        URI.create("http://127.0.0.1:" + engine.getAddress().getPort()), null, null)
                .within(Duration.ofMinutes(2));
    }

    private static LivePhone dialled(AdminClient client) throws Exception {
        return new LivePhone(client, new JsonMapper().createObjectNode().put("code", "*1#"), 15);
    }

    @Test
    void a_dialog_becomes_a_test_once_it_has_ended_for_the_engine_too() throws Exception {
        endsAfter = 3;
        try (AdminClient client = client()) {
            assertThat(dialled(client).asTest()).isEqualTo(TEST);
        }
        assertThat(asked).contains("/v1/dialogs/Logic-1/test");
    }

    @Test
    void a_dialog_that_can_be_no_test_is_not_asked_for_again() throws Exception {
        whole = false;
        try (AdminClient client = client()) {
            LivePhone phone = dialled(client);
            assertThatThrownBy(phone::asTest)
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("3 things were not kept");
        }
        assertThat(asked).containsOnlyOnce("/v1/dialogs/Logic-1/test");
    }

    @Test
    void a_dialog_that_no_script_has_taken_is_nothing_to_record() throws Exception {
        instanceId = "null";
        try (AdminClient client = client()) {
            LivePhone phone = dialled(client);
            assertThatThrownBy(phone::asTest)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nothing is recorded: no script has taken the dialog");
        }
    }

    @Test
    void a_dialog_that_does_not_end_is_not_waited_for_for_ever() throws Exception {
        endsAfter = Integer.MAX_VALUE;
        try (AdminClient client = client()) {
            LivePhone phone = dialled(client).finishingWithin(Duration.ofMillis(100));
            assertThatThrownBy(phone::asTest)
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("the dialog runs still");
        }
    }
}
