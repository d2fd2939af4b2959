package io.moondial.modules.http;

import io.moondial.modules.http.Exchange.Answer;
import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Upstreams;
import io.moondial.script.api.Backends;
import io.moondial.script.lua.LuaString;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls of the engine's own to the upstreams of the rules, with all that holds for scripts' calls:
 * {@code max_concurrent}, the time limit, the breaker, TLS, credentials, and no redirects.
 */
public final class EngineCalls {
    private static final int LONGEST_ANSWER = 64 << 10;

    private final Upstreams upstreams;

    private EngineCalls(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    /**
     * Those through these backends.
     *
     * @throws IllegalStateException if the module {@code http} does not run here
     */
    public static EngineCalls of(Backends backends) {
        return new EngineCalls(backends.get(Upstreams.class));
    }

    /**
     * Posts JSON, once.
     *
     * @param upstream its name in the rules
     * @param path what follows its URL, encoded
     * @param headers beside those of the upstream
     * @param instanceId what the request belongs to, as its header Moondial-Instance says
     * @return empty: it has answered with 2xx, whatever its body says; otherwise what has happened
     *     instead, for the log. It never fails
     */
    public CompletableFuture<Optional<String>> post(
            String upstream,
            String path,
            Map<String, String> headers,
            String json,
            String instanceId) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Content-Type", "application/json");
        Request request =
                new Request(
                        upstream,
                        "POST",
                        path,
                        all,
                        LuaString.of(json),
                        null,
                        false,
                        LONGEST_ANSWER,
                        instanceId);
        return upstreams.call(request).handle(EngineCalls::refusal);
    }

    private static Optional<String> refusal(@Nullable Outcome outcome, @Nullable Throwable fault) {
        return switch (outcome) {
            case Answer answer when answer.status() / 100 == 2 -> Optional.empty();
            case Answer answer -> Optional.of("the status is " + answer.status());
            case Failure failure -> Optional.of(failure.why().word() + ": " + failure.detail());
            case null -> Optional.of("internal fault: " + fault);
        };
    }
}
