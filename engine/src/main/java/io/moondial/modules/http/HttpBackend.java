package io.moondial.modules.http;

import io.moondial.config.PemFile;
import io.moondial.config.Schema;
import io.moondial.metrics.RateLimitedLog;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Upstreams;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What stands behind the module {@code http}: the upstreams of the rules. */
final class HttpBackend implements Backend<HttpSettings, Upstreams> {
    private final Connections.Lookup lookup;

    HttpBackend() {
        this(Connections.Lookup.MACHINE);
    }

    HttpBackend(Connections.Lookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public Class<Upstreams> type() {
        return Upstreams.class;
    }

    @Override
    public Schema<HttpSettings> settings() {
        return Schema.of(
                HttpSettings.class, new HttpSettings.HeaderValues(), new PemFile.Written());
    }

    @Override
    public Upstreams start(HttpSettings settings, Time time) {
        Running running = new Running(time, lookup);
        running.change(settings);
        return running;
    }

    @Override
    public void reload(Upstreams running, HttpSettings before, HttpSettings after) {
        ((Running) running).change(after);
    }

    @Override
    public void stop(Upstreams running) {
        ((Running) running).stop();
    }

    @Override
    public List<Gauge> gauges(Upstreams running) {
        List<Gauge> gauges = new ArrayList<>();
        ((Running) running)
                .upstreams.forEach(
                        (name, upstream) -> {
                            Breaker.State breaker = upstream.breakerState();
                            gauges.add(
                                    new Gauge(
                                            "http." + name,
                                            "in_flight",
                                            upstream.inFlight(),
                                            null));
                            gauges.add(
                                    new Gauge(
                                            "http." + name,
                                            "breaker",
                                            breaker.number(),
                                            breaker.word(),
                                            breaker == Breaker.State.OPEN));
                        });
        return gauges;
    }

    @Override
    public StandIn<Upstreams> standIn(HttpSettings settings, TestWorld world) {
        return new HttpStandIn(settings, world);
    }

    @Override
    public Optional<Mistake> objection(Line line, String text) {
        return HttpStandIn.objection(line, text);
    }

    @Override
    public Optional<String> objection(
            HttpSettings settings, String function, List<@Nullable String> literals) {
        String upstream = literals.isEmpty() ? null : literals.getFirst();
        if (upstream != null) {
            Optional<String> unknown =
                    RequestReader.unknownUpstream(upstream, settings.upstreams().keySet());
            if (unknown.isPresent()) {
                return unknown;
            }
        }
        String path = literals.size() < 2 ? null : literals.get(1);
        return path == null ? Optional.empty() : RequestReader.templateFault(path);
    }

    /** Those of an engine. */
    private static final class Running implements Upstreams {
        private final Time time;
        private final Connections.Lookup lookup;
        private final RateLimitedLog log;
        private volatile Map<String, Upstream> upstreams = Map.of();

        /** Those that the rules do not have any more, and whose last calls are under way. */
        private final Set<Upstream> retired = ConcurrentHashMap.newKeySet();

        Running(Time time, Connections.Lookup lookup) {
            this.time = time;
            this.lookup = lookup;
            this.log =
                    new RateLimitedLog(
                            LoggerFactory.getLogger(HttpBackend.class),
                            time,
                            RateLimitedLog.WINDOW,
                            cause -> cause);
        }

        /** Keeps what has not changed; what has is taken away once its calls have ended. */
        void change(HttpSettings settings) {
            Map<String, Upstream> before = upstreams;
            Map<String, Upstream> after = new LinkedHashMap<>();
            List<Upstream> fresh = new ArrayList<>();
            settings.upstreams()
                    .forEach(
                            (name, it) -> {
                                Upstream present = before.get(name);
                                if (present != null && present.settings().equals(it)) {
                                    after.put(name, present);
                                } else {
                                    Upstream made = make(name, it, fresh);
                                    fresh.add(made);
                                    after.put(name, made);
                                }
                            });
            upstreams = after;
            retired.removeIf(it -> it.inFlight() == 0);
            before.forEach(
                    (name, it) -> {
                        if (after.get(name) != it) {
                            retired.add(it);
                            it.retire();
                        }
                    });
        }

        void stop() {
            upstreams.values().forEach(Upstream::stop);
            retired.forEach(Upstream::stop);
        }

        private Upstream make(
                String name, HttpSettings.UpstreamSettings settings, List<Upstream> fresh) {
            try {
                return new Upstream(name, settings, time, lookup, log);
            } catch (BackendException e) {
                fresh.forEach(Upstream::stop);
                throw e;
            }
        }

        @Override
        public Set<String> names() {
            return upstreams.keySet();
        }

        @Override
        public CompletableFuture<Outcome> call(Request request) {
            while (true) {
                Upstream upstream = upstreams.get(request.upstream());
                if (upstream == null) {
                    return CompletableFuture.completedFuture(
                            new Exchange.Failure(
                                    Exchange.Why.CLOSED,
                                    request.upstream()
                                            + ": the rules have just lost this upstream"));
                }
                CompletableFuture<Outcome> answer = upstream.call(request);
                if (answer != null) {
                    return answer;
                }
                // it has been replaced in this moment
            }
        }
    }
}
