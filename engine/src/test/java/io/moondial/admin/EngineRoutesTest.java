package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.admin.client.AdminClient.Streamed;
import io.moondial.handset.Screen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a whole engine answers about itself, its reloads, its traces and its links. */
class EngineRoutesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PCAP_HEADER = 24;

    @TempDir Path folder;

    private static AdminClient client(RunningEngine it) {
        return AdminClient.local(new AdminClient.Place(it.socket, "the test's")).within(PATIENCE);
    }

    @Test
    void the_status_tells_of_dialogs_scripts_and_records() throws Exception {
        String lua = "if (...).text == '*1#' then return 'Bye' end ussd.menu('Well?')";
        try (RunningEngine it = new RunningEngine(folder, lua, "dialogs: {max: 2}");
                AdminClient client = client(it)) {
            it.dial(null, "*1#").next(Screen.Respond.class);
            it.dial(null, "*2#").next(Screen.Menu.class);
            await().atMost(PATIENCE).until(() -> it.engine.openDialogs() == 1);
            JsonNode status = client.get("/v1/status").answer();
            assertThat(status.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
            assertThat(status.path("started").asString())
                    .matches("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
            assertThat(status.path("network").asString()).isEqualTo("embedded");
            assertThat(status.path("links").isArray()).isTrue();
            JsonNode dialogs = status.path("dialogs");
            assertThat(dialogs.path("open").asInt()).isEqualTo(1);
            assertThat(dialogs.path("max").asInt()).isEqualTo(2);
            assertThat(dialogs.path("stack").asInt()).isEqualTo(1);
            assertThat(dialogs.path("begun").asInt()).isEqualTo(2);
            assertThat(dialogs.path("finished").path("responded").asInt()).isEqualTo(1);
            assertThat(status.path("scripts").toString())
                    .matches(
                            "\\[\\{\"service\":\"process\",\"key\":\"main\",\"version\":\"[0-9a-f]{8}\",\"state\":\"on\"}]");
            assertThat(status.path("edr").path(0).path("stream").asString()).isEqualTo("ussd");
            assertThat(status.path("heap").path("used").asLong()).isPositive();
            assertThat(status.path("counters").path("dialogs.begun").asInt()).isEqualTo(2);
        }
    }

    @Test
    void the_embedded_network_has_no_links() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it)) {
            assertThat(client.get("/v1/links").answer().toString())
                    .isEqualTo(
                            "{\"network\":\"embedded\",\"application_servers\":[],\"point_codes\":[]}");
        }
    }

    @Test
    void a_trace_comes_until_it_is_stopped_and_then_says_how_much_it_was() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it);
                Streamed trace = client.post("/v1/traces").with("msisdn", "27761485722").stream()) {
            assertThat(trace.header("Content-Type")).isEqualTo("application/vnd.tcpdump.pcap");
            assertThat(trace.in().readNBytes(PCAP_HEADER)).hasSize(PCAP_HEADER);
            it.dial("27761485722", "*1#").next(Screen.Respond.class);
            it.dial("27760000000", "*1#").next(Screen.Respond.class);
            await().atMost(PATIENCE).until(() -> it.engine.stackDialogs() == 0);
            String id = trace.header(TracesResource.TRACE_ID);
            client.delete("/v1/traces").segment(String.valueOf(id)).answer();
            assertThat(trace.in().readAllBytes()).hasSizeGreaterThan(100);
            assertThat(trace.trailer(TracesResource.MESSAGES)).isEqualTo("2");
            assertThat(trace.trailer(TracesResource.LEFT_OUT)).isEqualTo("0");
            assertThatThrownBy(
                            () -> client.delete("/v1/traces").segment(String.valueOf(id)).answer())
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("no such trace runs: it has ended, or never began");
        }
    }

    @Test
    void traces_of_one_number_are_stopped_and_others_go_on() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it);
                Streamed one = client.post("/v1/traces").with("msisdn", "1").stream();
                Streamed other = client.post("/v1/traces").with("msisdn", "2").stream()) {
            one.in().readNBytes(PCAP_HEADER);
            other.in().readNBytes(PCAP_HEADER);
            assertThat(
                            client.delete("/v1/traces")
                                    .with("msisdn", "1")
                                    .answer()
                                    .path("stopped")
                                    .asInt())
                    .isEqualTo(1);
            assertThat(one.trailer(TracesResource.MESSAGES)).isEqualTo("0");
            assertThat(client.delete("/v1/traces").answer().path("stopped").asInt()).isEqualTo(1);
            assertThat(other.trailer(TracesResource.MESSAGES)).isEqualTo("0");
        }
    }

    @Test
    void a_trace_ends_after_its_time() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it);
                Streamed trace = client.post("/v1/traces").with("for_ms", 20).stream()) {
            assertThat(trace.in().readAllBytes()).hasSize(PCAP_HEADER);
            assertThat(trace.trailer(TracesResource.MESSAGES)).isEqualTo("0");
        }
    }

    @Test
    void a_caller_who_goes_away_ends_his_trace_though_nothing_is_sent() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'", "admin: {max_traces: 1}");
                AdminClient client = client(it)) {
            try (AdminClient gone = client(it);
                    Streamed trace = gone.post("/v1/traces").stream()) {
                trace.in().readNBytes(PCAP_HEADER);
                assertThatThrownBy(() -> client.post("/v1/traces").stream())
                        .isInstanceOf(RefusedException.class)
                        .hasMessage(
                                "1 traces run already, as many as the rules allow (admin: max_traces)");
            }
            assertThat(it.engine.counters().value("traces.refused")).isEqualTo(1);
            await().atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(RefusedException.class)
                    .untilAsserted(
                            () -> {
                                try (Streamed next = client.post("/v1/traces").stream()) {
                                    assertThat(next.in().readNBytes(PCAP_HEADER)).isNotEmpty();
                                }
                            });
        }
    }

    @Test
    void the_stop_of_the_engine_completes_a_trace() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it);
                Streamed trace = client.post("/v1/traces").stream()) {
            trace.in().readNBytes(PCAP_HEADER);
            it.dial(null, "*1#").next(Screen.Respond.class);
            it.engine.close();
            assertThat(trace.in().readAllBytes()).isNotEmpty();
            assertThat(trace.trailer(TracesResource.MESSAGES)).isEqualTo("2");
        }
    }

    @Test
    void a_trace_without_sense_is_refused_with_what_is_allowed() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it)) {
            assertThatThrownBy(() -> client.post("/v1/traces").with("msisdn", "+27").stream())
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "msisdn is '+27'; allowed are 1 to 38 digits, country code first, without +");
            assertThatThrownBy(() -> client.post("/v1/traces").with("for_ms", -1).stream())
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("allowed is a whole number from 1 to");
            assertThatThrownBy(() -> client.post("/v1/traces").with("number", 1).stream())
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("there is no parameter 'number'; there are msisdn, for_ms");
        }
    }

    private static JsonNode reload(AdminClient client) throws Exception {
        return client.post("/v1/reload").answer();
    }

    @Test
    void a_reload_answers_with_what_came_of_it() throws Exception {
        BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it)) {
            it.engine.followChanges(now -> {});
            assertThat(reload(client).path("outcome").asString()).isEqualTo("unchanged");
            Thread listens =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (AdminClient other = client(it)) {
                                            other.get("/v1/events")
                                                    .with("topics", "reload")
                                                    .events(
                                                            (name, data) -> {
                                                                events.add(data);
                                                                return !data.path("outcome")
                                                                        .asString()
                                                                        .equals("reloaded");
                                                            });
                                        } catch (Exception e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                reload(client); // until the listener is there
                                return !events.isEmpty();
                            });

            Files.writeString(folder.resolve("scripts/main.lua"), "return (");
            JsonNode refused = reload(client);
            assertThat(refused.path("outcome").asString()).isEqualTo("refused");
            assertThat(refused.path("text").asString())
                    .isEqualTo(
                            "not reloaded, the scripts and rules in service stay: one problem to fix");
            JsonNode problem = refused.path("problems").path(0);
            assertThat(problem.path("file").asString()).endsWith("scripts/main.lua");
            assertThat(problem.path("line").asInt()).isEqualTo(1);
            assertThat(problem.path("severity").asString()).isEqualTo("error");
            assertThat(refused.path("printed").asString())
                    .contains("scripts/main.lua:1:", "\nreturn (\n");

            Files.writeString(folder.resolve("scripts/main.lua"), "return 'y'");
            JsonNode reloaded = reload(client);
            assertThat(reloaded.path("outcome").asString()).isIn("reloaded", "unchanged");
            listens.join();
            assertThat(events)
                    .anyMatch(
                            data ->
                                    data.path("text")
                                            .asString()
                                            .matches(
                                                    "reloaded in [0-9.]+ ms: main.lua [0-9a-f]{8} -> [0-9a-f]{8}"));
            assertThat(it.engine.status().reload().refusal()).isNull();
        }
    }

    @Test
    void a_reload_of_an_engine_that_does_not_follow_changes_is_refused() throws Exception {
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it)) {
            assertThatThrownBy(() -> reload(client))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("the engine stops, or does not follow changes");
        }
    }

    @Test
    void whoever_begins_to_listen_gets_the_status_at_once() throws Exception {
        BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
        try (RunningEngine it = new RunningEngine(folder, "return 'x'");
                AdminClient client = client(it)) {
            client.get("/v1/events")
                    .with("topics", "status")
                    .events((name, data) -> !events.add(data));
            assertThat(events.element().path("phase").asString()).isEqualTo("running");
        }
    }
}
