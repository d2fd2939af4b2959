package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.admin.Served.Wire;
import io.moondial.cli.test.ServedTests;
import io.moondial.handset.Screen;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Holds a running engine to {@code openapi.yaml}: its routes with their roles, their parameters,
 * and what they answer. A new route needs no line here, unless its path has a part in braces that
 * {@link #VALUES} does not know.
 */
class OpenApiTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> METHODS = Set.of("get", "post", "delete");

    /** Of parameters whose schema does not say what is sensible. */
    private static final Map<String, String> VALUES =
            Map.of(
                    "names", "open",
                    "msisdn", "2776",
                    "code", "*100#",
                    "stream", "ussd",
                    "event", "USSD-PROCESS",
                    "script", "main",
                    "imsi", "65501",
                    "destination", "2782",
                    "origination", "2782",
                    "source_gt", "2782");

    /** Parameters of which a route needs one or the other; the first of them is always given. */
    private static final Set<String> ONE_OF = Set.of("/v1/rules/answer code");

    private static final Set<String> OTHERS = Set.of("/v1/rules/answer notify");

    /** Answers that never end. */
    private static final Set<String> STREAMS = Set.of("GET /v1/events");

    @TempDir Path folder;

    private final JsonNode document;

    OpenApiTest() throws IOException {
        document =
                YAMLMapper.shared()
                        .readTree(Files.readString(ROOT.resolve("engine/docs/openapi.yaml")));
    }

    /** One with all that {@code ussd serve} gives it. */
    private Engine engine() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "return 'x'");
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, "process: {triggers: [{script_key: main}]}\npush: {route: hlr}\n");
        Engine engine = new Engine(Configuration.read(rules));
        try {
            engine.openAdmin(
                    List.of(new ScriptsResource(engine.scripts(), new ServedTests(engine::rules))));
            engine.start();
        } catch (Exception e) {
            engine.close();
            throw e;
        }
        return engine;
    }

    private static Path socket(Engine engine) {
        return engine.rules().control().socket();
    }

    /** An operation of the document, such as {@code GET /v1/status}. */
    private Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                assertThat(METHODS).as(path.getKey()).contains(operation.getKey());
                operations.put(
                        operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                        operation.getValue());
            }
        }
        return operations;
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? document.at(reference.asString().substring(1)) : node;
    }

    @Test
    void each_route_is_described_with_its_role_and_nothing_else_is() throws Exception {
        try (Engine engine = engine()) {
            Set<String> served = new TreeSet<>();
            for (Routes.Route route : engine.admin().routes().all()) {
                served.add(
                        "%s %s %s"
                                .formatted(route.method(), route.template(), route.role().word()));
            }
            Set<String> described = new TreeSet<>();
            operations()
                    .forEach(
                            (name, it) ->
                                    described.add(name + " " + it.path("x-role").asString("?")));
            assertThat(served).isEqualTo(described);
        }
    }

    @Test
    void what_is_answered_is_as_described_and_so_are_the_parameters() throws Exception {
        try (Engine engine = engine()) {
            RunningEngine.dial(engine.handsets(), "27761234567", "*100#")
                    .next(Screen.Respond.class);
            String instance =
                    json(ask(engine, "GET", "/v1/dialogs", ""))
                            .at("/dialogs/0/instance_id")
                            .asString();
            String phone =
                    json(ask(engine, "POST", "/v1/phone", "{\"code\":\"*100#\"}"))
                            .path("phone_id")
                            .asString();
            String push =
                    json(ask(
                                    engine,
                                    "POST",
                                    "/v1/pushes",
                                    "{\"msisdn\":\"27761234567\",\"text\":\"Hello\"}"))
                            .path("push_id")
                            .asString();
            String version =
                    json(ask(engine, "GET", "/v1/scripts", "")).at("/scripts/0/version").asString();
            Map<String, String> parts =
                    Map.of(
                            "{instance_id}", instance,
                            "{phone_id}", phone,
                            "{push_id}", push,
                            "{key}", "main",
                            "{version}", version);
            List<String> problems = new ArrayList<>();
            Set<String> served = new TreeSet<>();
            engine.admin()
                    .routes()
                    .all()
                    .forEach(it -> served.add(it.method() + " " + it.template()));
            for (Map.Entry<String, JsonNode> operation : operations().entrySet()) {
                String name = operation.getKey();
                if (served.contains(name) && name.startsWith("GET ") && !STREAMS.contains(name)) {
                    String path = name.substring("GET ".length());
                    for (Map.Entry<String, String> part : parts.entrySet()) {
                        path = path.replace(part.getKey(), part.getValue());
                    }
                    assertThat(path).doesNotContain("{");
                    check(engine, path, operation.getValue(), instance, problems);
                }
            }
            assertThat(problems).isEmpty();
        }
    }

    private void check(
            Engine engine, String path, JsonNode operation, String instance, List<String> problems)
            throws IOException {
        List<String> required = new ArrayList<>();
        List<String> optional = new ArrayList<>();
        for (JsonNode given : operation.path("parameters")) {
            JsonNode parameter = resolved(given);
            String name = parameter.path("name").asString();
            if (parameter.path("in").asString().equals("query")) {
                boolean needed =
                        parameter.path("required").asBoolean(false)
                                || ONE_OF.contains(path + " " + name);
                (needed ? required : optional).add(name + "=" + value(parameter, instance));
            }
        }
        validate(engine, path, required, operation, problems);
        for (String one : optional) {
            List<String> both = new ArrayList<>(required);
            if (OTHERS.contains(path + " " + one.substring(0, one.indexOf('=')))) {
                both.clear();
            }
            both.add(one);
            validate(engine, path, both, operation, problems);
        }
        List<String> more = new ArrayList<>(required);
        more.add("surprise=1");
        int status = status(ask(engine, "GET", target(path, more), ""));
        if (status != 400 && path.startsWith("/v1/")) {
            problems.add(
                    target(path, more) + ": a parameter that is not described gives " + status);
        }
    }

    /** A value that the document allows. */
    private static String value(JsonNode parameter, String instance) {
        if (parameter.path("name").asString().equals("before")
                || parameter.path("name").asString().equals("instance_id")) {
            return instance;
        }
        JsonNode given = parameter.path("schema");
        JsonNode schema = given.has("items") ? given.path("items") : given; // a list of one
        String known = VALUES.get(parameter.path("name").asString());
        String value;
        if (schema.has("enum")) {
            value = schema.path("enum").path(0).asString();
        } else if (schema.has("default")) {
            value = schema.path("default").asString();
        } else if (schema.has("minimum")) {
            value = schema.path("minimum").asString();
        } else if (schema.path("format").asString("").equals("date-time")) {
            value = "2026-01-01T00:00:00Z";
        } else {
            value = known == null ? "x" : known;
        }
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static String target(String path, List<String> query) {
        return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    private void validate(
            Engine engine,
            String path,
            List<String> query,
            JsonNode operation,
            List<String> problems)
            throws IOException {
        String target = target(path, query);
        String answer = ask(engine, "GET", target, "");
        int status = status(answer);
        JsonNode described = resolved(operation.path("responses").path("" + status));
        if (described.isMissingNode() || status == 400) {
            problems.add(target + ": " + status + " " + body(answer));
            return;
        }
        String type = header(answer, "Content-Type").split(";", 2)[0];
        JsonNode schema = described.path("content").path(type).path("schema");
        if (schema.isMissingNode()) {
            problems.add(target + ": the type " + type + " is not described");
        } else if (type.equals("application/json")) {
            ObjectNode whole = JSON.createObjectNode();
            whole.setAll((ObjectNode) schema);
            whole.set("components", document.get("components"));
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(whole)
                    .validate(json(answer))
                    .forEach(it -> problems.add(target + ": " + it));
        }
    }

    private static String ask(Engine engine, String method, String target, String body)
            throws IOException {
        try (Wire wire = Served.connect(socket(engine))) {
            wire.send(
                    "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n%s\r\n%s"
                            .formatted(
                                    method,
                                    target,
                                    body.isEmpty()
                                            ? ""
                                            : "Content-Length: " + body.length() + "\r\n",
                                    body));
            return wire.rest();
        }
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    private static String header(String answer, String name) {
        return answer.lines()
                .filter(it -> it.startsWith(name + ": "))
                .findFirst()
                .map(it -> it.substring(name.length() + 2))
                .orElse("");
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static JsonNode json(String answer) {
        return JSON.readTree(body(answer));
    }
}
