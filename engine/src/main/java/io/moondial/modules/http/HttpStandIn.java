package io.moondial.modules.http;

import io.moondial.modules.http.CallLine.Expected;
import io.moondial.modules.http.CallLine.Given;
import io.moondial.modules.http.CallLine.MistakeException;
import io.moondial.modules.http.CallLine.Target;
import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Upstreams;
import io.moondial.modules.http.Exchange.Why;
import io.moondial.script.api.Backend.Line;
import io.moondial.script.api.Backend.Mistake;
import io.moondial.script.api.Backend.StandIn;
import io.moondial.script.api.Backend.TestWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a dialog test has instead of the upstreams: it answers what the test gives, and knows what
 * was called. Each given of a call answers once, in turn; the last one answers all that follow.
 */
final class HttpStandIn implements StandIn<Upstreams>, Upstreams {
    private final Set<String> names;
    private final HttpSettings settings;
    private final TestWorld world;
    private final List<Given> givens = new ArrayList<>();

    /** Those that have answered; two lines that say the same are two. */
    private final Set<Given> used = Collections.newSetFromMap(new IdentityHashMap<>());

    private final List<Request> calls = new ArrayList<>();

    HttpStandIn(HttpSettings settings, TestWorld world) {
        this.settings = settings;
        this.names = settings.upstreams().keySet();
        this.world = world;
        for (String text : world.givens()) {
            try {
                Given given = CallLine.given(text);
                givens.add(given);
                RequestReader.unknownUpstream(given.target().upstream(), names)
                        .ifPresent(it -> world.fault().accept("given http " + text + ": " + it));
            } catch (MistakeException e) {
                throw new IllegalStateException("not objected to before: " + text, e);
            }
        }
    }

    // ---- what scripts find

    @Override
    public Upstreams running() {
        return this;
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public CompletableFuture<Outcome> call(Request request) {
        Given given;
        synchronized (this) {
            if (world.isChecked()) {
                calls.add(request);
            }
            given = next(Target.of(request));
        }
        if (given == null) {
            String missing =
                    "no 'given http' answers http."
                            + request.method().toLowerCase(Locale.ROOT)
                            + ": "
                            + request
                            + nearest(request);
            world.fault().accept(missing);
            return CompletableFuture.completedFuture(new Failure(Why.CONNECT, missing));
        }
        Duration timeout = timeout(request);
        if (given.after() == null) {
            return CompletableFuture.completedFuture(given.outcome());
        }
        boolean isLate = given.after().compareTo(timeout) >= 0;
        CompletableFuture<Outcome> later = new CompletableFuture<>();
        var alarm =
                world.time()
                        .after(
                                isLate ? timeout : given.after(),
                                () ->
                                        later.complete(
                                                isLate
                                                        ? CallLine.failure(
                                                                Why.TIMEOUT, request.upstream())
                                                        : given.outcome()));
        var _ = later.whenComplete((_, _) -> alarm.cancel());
        return later;
    }

    private Duration timeout(Request request) {
        if (request.timeout() != null) {
            return request.timeout();
        }
        HttpSettings.UpstreamSettings upstream = settings.upstreams().get(request.upstream());
        return upstream == null ? Duration.ofSeconds(3) : upstream.timeout();
    }

    private @Nullable Given next(Target target) {
        Given last = null;
        for (Given given : givens) {
            if (given.target().matches(target)) {
                if (used.add(given)) {
                    return given;
                }
                last = given;
            }
        }
        return last;
    }

    private String nearest(Request request) {
        String wanted = request.toString();
        return givens.stream()
                .map(Given::shown)
                .min(Comparator.comparingInt(it -> distance(it, wanted)))
                .map(it -> "; the nearest is: given http " + it)
                .orElse("; the test gives none");
    }

    // ---- lines of a test

    @Override
    public Optional<String> check(boolean absent, String text) {
        Expected expected;
        try {
            expected = CallLine.expected(text);
        } catch (MistakeException e) {
            return Optional.of(e.message());
        }
        List<Request> made;
        synchronized (this) {
            made = List.copyOf(calls);
        }
        Optional<Request> found = made.stream().filter(expected::covers).findFirst();
        if (absent) {
            return found.map(it -> "expected no such call, but there was " + shown(it));
        }
        if (found.isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                made.isEmpty()
                        ? "expected such a call, but there was none at all"
                        : "expected such a call, but the nearest is "
                                + shown(made.stream().min(nearest(text)).orElseThrow()));
    }

    /** First what is called, then what is sent. */
    private static Comparator<Request> nearest(String text) {
        String[] words = text.split("\\s+", 4);
        String call = String.join(" ", List.of(words).subList(0, Math.min(3, words.length)));
        return Comparator.comparingInt((Request it) -> distance(it.toString(), call))
                .thenComparingInt(it -> distance(shown(it), text));
    }

    private static String shown(Request call) {
        String key = call.headers().get("Idempotency-Key");
        return call
                + (key == null ? "" : " header Idempotency-Key=" + CallLine.quotedIfNeeded(key))
                + (call.body() == null
                        ? ""
                        : " " + CallLine.body(call.body(), call.headers().get("Content-Type")));
    }

    @Override
    public synchronized List<String> unused() {
        return givens.stream().filter(it -> !used.contains(it)).map(Given::text).toList();
    }

    /** What is wrong with a line; empty: nothing. */
    static Optional<Mistake> objection(Line line, String text) {
        try {
            switch (line) {
                case GIVEN -> CallLine.given(text);
                case CHECK -> CallLine.expected(text);
                case CHECK_ABSENT -> CallLine.expected(text);
            }
            return Optional.empty();
        } catch (MistakeException e) {
            return Optional.of(new Mistake(e.index(), e.message()));
        }
    }

    /** How many characters differ; long texts are compared by their beginnings. */
    private static int distance(String from, String to) {
        String a = from.substring(0, Math.min(from.length(), 200));
        String b = to.substring(0, Math.min(to.length(), 200));
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
