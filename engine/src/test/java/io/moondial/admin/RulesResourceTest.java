package io.moondial.admin;

import static io.moondial.admin.Asking.OPERATOR;
import static io.moondial.admin.Asking.VIEWER;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Configuration;
import io.moondial.Engine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code /v1/rules} of an engine that is not started. */
class RulesResourceTest {
    private static final String RULES =
            """
            process:
              menu_timeout: 20s
              triggers:
              - {script_key: money, ussd_string_prefix: "*150*", msisdn_prefix: "2777"}
              - {script_key: money, ussd_string_prefix: "*150*", dest_ssn: 6, mask: {after: 2}}
              - {script_key: care}
            notify:
              triggers:
              - {script_key: care, imsi_prefix: "65501"}
            dialogs: {max: 1000}
            edr: {directory: edrs}
            http:
              upstreams:
                billing: {url: "http://127.0.0.1:9", max_concurrent: 7}
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

    private void running(String rules) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/money.lua"), "return 'money'");
        Files.writeString(folder.resolve("scripts/care.lua"), "return 'care'");
        Files.writeString(folder.resolve("rules.yaml"), rules);
        Engine running = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        engine = running;
        api = new Asking(new RulesResource(running::rulesInForce));
    }

    private Map<String, JsonNode> settings() throws Exception {
        Map<String, JsonNode> settings = new HashMap<>();
        api.get(VIEWER, "/v1/rules")
                .get("settings")
                .forEach(it -> settings.put(it.get("key").asString(), it));
        return settings;
    }

    private static String shown(@Nullable JsonNode setting) {
        requireNonNull(setting);
        return "%s (%s)%s"
                .formatted(
                        setting.get("value").isNull() ? "-" : setting.get("value").asString(),
                        setting.get("default").isNull() ? "-" : setting.get("default").asString(),
                        setting.get("differs").asBoolean() ? " differs" : "");
    }

    @Test
    void each_setting_has_its_value_its_default_and_whether_they_differ() throws Exception {
        running(RULES);
        Map<String, JsonNode> settings = settings();
        assertThat(shown(settings.get("process.menu_timeout"))).isEqualTo("20s (30s) differs");
        assertThat(shown(settings.get("process.script_dir")))
                .isEqualTo("\"scripts\" (\"scripts\")");
        assertThat(shown(settings.get("dialogs.max"))).isEqualTo("1000 (250000) differs");
        assertThat(shown(settings.get("network.tcap.max_dialogs")))
                .as("worked out from another key as it is")
                .isEqualTo("11000 (11000)");
        assertThat(shown(settings.get("network.embedded.ssns"))).isEqualTo("[6, 147] ([6, 147])");
        assertThat(shown(settings.get("notify.edr_stream")))
                .as("a default within a section that is not there by default")
                .doesNotContain("differs");
        assertThat(shown(settings.get("http.upstreams.billing.url")))
                .as("must be there: no default")
                .isEqualTo("\"http://127.0.0.1:9\" (-) differs");
        assertThat(shown(settings.get("http.upstreams.billing.max_concurrent")))
                .as("a section with a name of the writer's own")
                .isEqualTo("7 (200) differs");
        assertThat(shown(settings.get("process.triggers")))
                .as("the text shows them")
                .startsWith("- (");
    }

    @Test
    void nothing_differs_where_nothing_is_said() throws Exception {
        running("log: {}");
        assertThat(settings().values())
                .filteredOn(it -> it.get("differs").asBoolean())
                .extracting(it -> it.get("key").asString())
                .isEmpty();
    }

    @Test
    void the_text_is_what_check_prints_and_says_all_settings() throws Exception {
        running(RULES);
        JsonNode rules = api.get(VIEWER, "/v1/rules");
        assertThat(rules.get("text").asString())
                .isEqualTo(Configuration.read(folder.resolve("rules.yaml")).rules().print());
        assertThat(rules.get("file").asString()).endsWith("rules.yaml");
        assertThat(rules.get("waiting")).isEmpty();
        assertThat(rules.get("problems")).isEmpty();
    }

    @Test
    void a_secret_is_told_as_where_it_comes_from() throws Exception {
        Files.writeString(folder.resolve("key"), "hunter2");
        running(
                """
                process: {triggers: [{script_key: care}]}
                http:
                  upstreams:
                    billing:
                      url: "https://127.0.0.1:9"
                      auth: {basic: {user: "u", password: {file: key}}}
                """);
        JsonNode rules = api.get(VIEWER, "/v1/rules");
        assertThat(rules.toString()).doesNotContain("hunter2").contains("{file: \\\"key\\\"}");
    }

    // ---- who answers

    private List<String> verdicts(String query) throws Exception {
        return StreamSupport.stream(
                        api.get(VIEWER, "/v1/rules/answer?" + query).get("triggers").spliterator(),
                        false)
                .map(
                        it ->
                                "%d %s: %s"
                                        .formatted(
                                                it.get("line").asInt(),
                                                it.get("verdict").asString(),
                                                it.get("why").asString()))
                .toList();
    }

    @Test
    void who_answers_is_told_with_why_the_others_do_not() throws Exception {
        running(RULES);
        assertThat(verdicts("code=*150*1%23&msisdn=27761234567&ssn=147"))
                .containsExactly(
                        "4 no_match: msisdn is to begin with 2777; 27761234567 does not",
                        "5 no_match: dest_ssn is to be 6; 147 is not",
                        "6 answers: it has no condition");
        JsonNode answer = api.get(VIEWER, "/v1/rules/answer?code=*150*1%23&msisdn=27771&ssn=147");
        assertThat(answer.get("service").asString()).isEqualTo("process");
        assertThat(answer.get("script").asString()).isEqualTo("money");
        assertThat(answer.get("line").asInt()).isEqualTo(4);
        assertThat(answer.get("triggers").get(1).get("why").asString())
                .isEqualTo(
                        "the trigger on line 4 comes first; this one would not match: dest_ssn is"
                                + " to be 6; 147 is not");
        assertThat(answer.get("triggers").get(0).get("text").asString())
                .isEqualTo(
                        "{ussd_string_prefix: \"*150*\", msisdn_prefix: \"2777\", script_key:"
                                + " \"money\"}");
    }

    @Test
    void nobody_answers_a_notify_without_what_its_only_trigger_wants() throws Exception {
        running(RULES);
        JsonNode answer = api.get(VIEWER, "/v1/rules/answer?notify=hello&destination=65501");
        assertThat(answer.get("service").asString()).isEqualTo("notify");
        assertThat(answer.get("script").isNull()).isTrue();
        assertThat(answer.get("line").isNull()).isTrue();
        assertThat(verdicts("notify=hello&destination=65501"))
                .containsExactly(
                        "9 no_match: imsi is to begin with 65501; the request has none: its"
                                + " destination is no IMSI");
        assertThat(api.get(VIEWER, "/v1/rules/answer?notify=hello&imsi=6550112").get("script"))
                .hasToString("\"care\"");
    }

    @Test
    void a_service_that_is_not_there_has_no_triggers() throws Exception {
        running("process: {triggers: [{script_key: care}]}");
        JsonNode answer = api.get(VIEWER, "/v1/rules/answer?notify=hello");
        assertThat(answer.get("script").isNull()).isTrue();
        assertThat(answer.get("triggers")).isEmpty();
    }

    @Test
    void questions_that_make_no_sense_are_refused_with_what_is_allowed() throws Exception {
        running(RULES);
        for (String query :
                List.of(
                        "",
                        "?code=*1%23&notify=x",
                        "?code=",
                        "?code=" + "1".repeat(183),
                        "?code=*1%23&msisdn=%2B27761",
                        "?code=*1%23&msisdn=" + "1".repeat(39),
                        "?code=*1%23&imsi=1&destination=2",
                        "?code=*1%23&ssn=256",
                        "?code=*1%23&ssn=six",
                        "?code=*1%23&ssn=6&ssn=7",
                        "?code=*1%23&colour=red")) {
            assertThat(api.refusal(OPERATOR, "GET", "/v1/rules/answer" + query, ""))
                    .as("%s", query)
                    .startsWith("400 ");
        }
        assertThat(api.refusal(VIEWER, "GET", "/v1/rules/answer?code=*1%23&msisdn=%2B27761", ""))
                .isEqualTo(
                        "400 msisdn is '+27761'; allowed are 1 to 38 digits, country code first,"
                                + " without +");
        assertThat(api.refusal(VIEWER, "GET", "/v1/rules?x=1", "")).startsWith("400 ");
    }
}
