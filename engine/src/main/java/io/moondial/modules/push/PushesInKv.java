package io.moondial.modules.push;

import io.moondial.modules.kv.EngineRecords;
import io.moondial.modules.kv.EngineRecords.Entry;
import io.moondial.push.PushStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps pushes as {@code kv} keeps values, in a bucket that scripts cannot use. */
public final class PushesInKv implements PushStore {
    private static final String BUCKET = "push";

    private final EngineRecords records;

    /** There. */
    public PushesInKv(EngineRecords.Place place) {
        records = place.bucket(BUCKET);
    }

    @Override
    public boolean isShared() {
        return records.areShared();
    }

    @Override
    public CompletableFuture<Boolean> add(String key, String text, @Nullable Duration ttl) {
        return records.add(key, text, ttl);
    }

    @Override
    public CompletableFuture<Boolean> replace(String key, String old, String text, Duration ttl) {
        return records.replace(key, old, text, ttl);
    }

    @Override
    public CompletableFuture<Void> set(String key, String text, @Nullable Duration ttl) {
        return records.set(key, text, ttl);
    }

    @Override
    public CompletableFuture<Optional<String>> get(String key) {
        return records.get(key);
    }

    @Override
    public CompletableFuture<?> all(String prefix, Consumer<String> each) {
        return records.all(prefix, (Entry it) -> each.accept(it.value()));
    }
}
