package io.moondial.modules.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.config.LocatedYaml;
import io.moondial.config.Problems;
import io.moondial.config.Section;
import io.moondial.modules.http.Exchange.Answer;
import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Upstreams;
import io.moondial.problem.Problem;
import io.moondial.script.api.Backend.Gauge;
import io.moondial.script.lua.LuaString;
import io.moondial.time.LeapingTime;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Upstreams that run, with a clock that leaps, and calls of them. */
final class HttpBench implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    final LeapingTime time = new LeapingTime();
    final HttpBackend backend;
    Upstreams running;
    private HttpSettings settings;

    /**
     * @param yaml what stands below {@code http:}
     */
    HttpBench(String yaml) {
        this(yaml, Connections.Lookup.MACHINE);
    }

    HttpBench(String yaml, Connections.Lookup lookup) {
        backend = new HttpBackend(lookup);
        settings = settings(yaml, Path.of("rules.yaml"));
        running = backend.start(settings, time);
    }

    /** One upstream, billing, with a server and further keys, each on a line. */
    static HttpBench of(WildServer server, String... keys) {
        return new HttpBench(patient(server.url(), keys));
    }

    /** One whose times do not run out on a busy machine, unless keys say others. */
    static String patient(String url, String... keys) {
        List<String> all = new ArrayList<>(List.of(keys));
        if (all.stream().noneMatch(it -> it.startsWith("timeout:"))) {
            all.add("timeout: 5m");
        }
        if (all.stream().noneMatch(it -> it.startsWith("connect_timeout:"))) {
            all.add("connect_timeout: 1m");
        }
        return billing(url, all.toArray(String[]::new));
    }

    static String billing(String url, String... keys) {
        return "upstreams:\n  billing:\n    url: \""
                + url
                + "\"\n"
                + String.join("", List.of(keys).stream().map(it -> "    " + it + "\n").toList());
    }

    static HttpSettings settings(String yaml, Path file) {
        Problems problems = new Problems(file);
        HttpSettings read = read(yaml, problems);
        assertThat(problems.inFileOrder()).isEmpty();
        return read;
    }

    static List<String> problems(String yaml, Path file) {
        Problems problems = new Problems(file);
        read(yaml, problems);
        return problems.inFileOrder().stream().map(Problem::toString).toList();
    }

    static List<String> warnings(String yaml, Path file) {
        Problems problems = new Problems(file);
        read(yaml, problems);
        return problems.warnings().stream().map(Problem::toString).toList();
    }

    private static HttpSettings read(String yaml, Problems problems) {
        Section section =
                new Section(
                        LocatedYaml.read(
                                        new ByteArrayInputStream(
                                                yaml.getBytes(StandardCharsets.UTF_8)),
                                        problems)
                                .orElseThrow(),
                        problems);
        HttpSettings read = new HttpBackend().settings().read(section);
        section.refuseUnknownKeys();
        return read;
    }

    void reload(String yaml) {
        HttpSettings after = settings(yaml, Path.of("rules.yaml"));
        backend.reload(running, settings, after);
        settings = after;
    }

    static Request request(String method, String target) {
        return request(method, target, null);
    }

    static Request request(String method, String target, @Nullable String body) {
        return new Request(
                "billing",
                method,
                target,
                Map.of(),
                body == null ? null : LuaString.of(body),
                null,
                !method.equals("POST") && !method.equals("PATCH"),
                1 << 20,
                "Logic-1-00000001");
    }

    CompletableFuture<Outcome> begin(String method, String target) {
        return running.call(request(method, target));
    }

    Outcome call(String method, String target) throws Exception {
        return outcome(begin(method, target));
    }

    static Outcome outcome(CompletableFuture<Outcome> call) throws Exception {
        return call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Status and body, or why and detail. */
    static String shown(Outcome outcome) {
        return switch (outcome) {
            case Answer answer -> answer.status() + " " + answer.body();
            case Failure failure -> failure.why().word() + ": " + failure.detail();
        };
    }

    String get(String target) throws Exception {
        return shown(call("GET", target));
    }

    long inFlight() {
        return gauge("in_flight").value();
    }

    String breaker() {
        return String.valueOf(gauge("breaker").word());
    }

    private Gauge gauge(String name) {
        return backend.gauges(running).stream()
                .filter(it -> it.called().equals("http.billing") && it.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Nothing is kept of what has ended. */
    void assertNothingIsLeft(WildServer server) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            assertThat(inFlight()).isZero();
                            assertThat(server.open()).as("open connections").isZero();
                        });
    }

    static boolean hasThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(it -> it.getName().startsWith("http-billing-"));
    }

    @Override
    public void close() {
        backend.stop(running);
        time.close();
    }
}
