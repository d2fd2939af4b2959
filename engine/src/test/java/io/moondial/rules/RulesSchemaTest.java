package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What an editor says of a rules file by {@code rules.schema.json}. */
final class RulesSchemaTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));

    private static List<String> problems(String rules) throws Exception {
        var schema =
                new JsonSchema(
                        JsonMapper.shared()
                                .readTree(
                                        Files.readString(
                                                ROOT.resolve("engine/docs/rules.schema.json"))));
        return schema.problems(YAMLMapper.shared().readTree(rules));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rules.yaml", "engine/docs/sigtran-rules.yaml"})
    void a_shipped_file_is_right(String file) throws Exception {
        assertThat(problems(Files.readString(ROOT.resolve(file)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full.yaml", "sigtran.yaml", "full.printed.yaml"})
    void a_file_with_every_key_is_right(String resource) throws Exception {
        assertThat(problems(RulesFolder.resource(resource))).isEmpty();
    }

    @Test
    void what_is_wrong_is_found_at_its_place() throws Exception {
        assertThat(
                        problems(
                                """
                                proces: {}
                                process:
                                  menu_timeout: 30
                                  dcs_language: 16
                                  edr_stream: 1st
                                  triggers: [{dest_ssn: 255}]
                                dialogs: {max_heap: 85}
                                edr: {when_full: stop, streams: {ussd: {durable: maybe}}}
                                network:
                                  sigtran:
                                    application_servers:
                                      - {name: stp, mode: asp, point_codes: [0], associations: [{name: a1, asp_identifier: no, peer: x}]}
                                    heartbeat: never
                                    max_unsent: 8MB
                                """))
                .containsExactlyInAnyOrder(
                        "/proces: unknown",
                        "/process/menu_timeout: type",
                        "/process/dcs_language: maximum",
                        "/process/edr_stream: pattern",
                        "/process/triggers/0/dest_ssn: maximum",
                        "/dialogs/max_heap: type",
                        "/edr/when_full: enum",
                        "/edr/streams/ussd/durable: type",
                        "/network/sigtran: required",
                        "/network/sigtran/application_servers/0/point_codes/0: minimum",
                        "/network/sigtran/application_servers/0/associations/0/asp_identifier: anyOf",
                        "/network/sigtran/application_servers/0/associations/0/peer: pattern",
                        "/network/sigtran/heartbeat: anyOf",
                        "/network/sigtran/max_unsent: pattern");
    }
}
