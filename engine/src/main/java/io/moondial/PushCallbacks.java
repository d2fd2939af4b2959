package io.moondial;

import io.moondial.metrics.Counters;
import io.moondial.modules.http.EngineCalls;
import io.moondial.modules.kv.EngineRecords;
import io.moondial.push.Callbacks;
import io.moondial.push.PushSettings;
import io.moondial.script.api.Backends;
import io.moondial.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Joins the callbacks of pushes to where they are kept, and to the upstreams of {@code http}. */
public final class PushCallbacks {
    private static final String BUCKET = "push.callback";

    private PushCallbacks() {}

    /**
     * Callbacks through these backends; they tell nobody until they are started.
     *
     * @param place where they are kept
     * @param settings those in force
     */
    public static Callbacks of(
            EngineRecords.Place place,
            Backends backends,
            Supplier<PushSettings> settings,
            Counters counters,
            Time time) {
        EngineRecords records = place.bucket(BUCKET);
        Callbacks.Records kept =
                new Callbacks.Records() {
                    @Override
                    public CompletableFuture<?> set(String key, String text, Duration ttl) {
                        return records.set(key, text, ttl);
                    }

                    @Override
                    public CompletableFuture<Boolean> replace(
                            String key, String old, String text, Duration ttl) {
                        return records.replace(key, old, text, ttl);
                    }

                    @Override
                    public CompletableFuture<?> delete(String key) {
                        return records.delete(key);
                    }

                    @Override
                    public CompletableFuture<?> all(BiConsumer<String, String> each) {
                        return records.all("", it -> each.accept(it.key(), it.value()));
                    }
                };
        return new Callbacks(settings, kept, EngineCalls.of(backends)::post, counters, time);
    }
}
