package io.moondial.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks resources as the server does, without HTTP. */
final class Asking {
    static final Caller VIEWER = new Caller("vera", Role.VIEWER);
    static final Caller OPERATOR = new Caller("olga", Role.OPERATOR);
    static final Caller ADMIN = new Caller("ada", Role.ADMIN);

    private final JsonMapper json = new JsonMapper();
    private final Routes routes = new Routes();

    Asking(Resource... resources) {
        Arrays.asList(resources).forEach(it -> it.declare(routes));
    }

    /**
     * One call.
     *
     * @param target a path and a query, as a browser sends them
     */
    Answer ask(Caller caller, String method, String target, String body)
            throws Refusal, InterruptedException {
        return ask(caller, method, target, body, Map.of());
    }

    /** The same with headers; the names as {@code Call} asks for them. */
    Answer ask(
            Caller caller,
            String method,
            String target,
            String body,
            Map<String, List<String>> headers)
            throws Refusal, InterruptedException {
        String[] parts = target.split("\\?", 2);
        List<String> segments = new ArrayList<>();
        for (String segment : parts[0].substring(1).split("/", -1)) {
            segments.add(decoded(segment));
        }
        Map<String, List<String>> query = new HashMap<>();
        if (parts.length == 2) {
            for (String field : parts[1].split("&", -1)) {
                String[] pair = field.split("=", 2);
                query.computeIfAbsent(decoded(pair[0]), it -> new ArrayList<>())
                        .add(decoded(pair[1]));
            }
        }
        Routes.Found found =
                routes.find(method, segments)
                        .orElseThrow(() -> Refusal.notFound("no route: " + target));
        assertThat(caller.role().mayDo(found.route().role()))
                .as("%s may %s %s", caller.name(), method, target)
                .isTrue();
        return found.route()
                .action()
                .answer(
                        new Call(
                                json,
                                caller,
                                found.path(),
                                query,
                                body.getBytes(StandardCharsets.UTF_8),
                                () -> true,
                                name -> headers.getOrDefault(name, List.of()),
                                Call.Visit.LOCAL));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The least role that a route asks for. */
    Role role(String method, String path) {
        return routes.find(method, List.of(path.substring(1).split("/", -1)))
                .orElseThrow()
                .route()
                .role();
    }

    /** What is answered, if that is JSON and 2xx. */
    JsonNode json(Caller caller, String method, String target, String body)
            throws Refusal, InterruptedException {
        Answer answer = ask(caller, method, target, body);
        assertThat(answer).isInstanceOf(Answer.Json.class);
        // as it goes over the wire
        return json.readTree(json.writeValueAsBytes(((Answer.Json) answer).value()));
    }

    JsonNode get(Caller caller, String target) throws Refusal, InterruptedException {
        return json(caller, "GET", target, "");
    }

    JsonNode post(Caller caller, String target, String body) throws Refusal, InterruptedException {
        return json(caller, "POST", target, body);
    }

    /** Why a call is refused: the status and the message. */
    String refusal(Caller caller, String method, String target, String body)
            throws InterruptedException {
        try {
            return "answered: " + ask(caller, method, target, body);
        } catch (Refusal e) {
            return e.status() + " " + e.getMessage();
        }
    }
}
