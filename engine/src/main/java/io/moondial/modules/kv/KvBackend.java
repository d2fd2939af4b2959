package io.moondial.modules.kv;

import static java.util.Objects.requireNonNull;

import io.moondial.config.Nearest;
import io.moondial.config.Schema;
import io.moondial.modules.json.Json;
import io.moondial.script.api.ApiFunction.OptionUse;
import io.moondial.script.api.Backend;
import io.moondial.time.Time;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands behind the module {@code kv}. */
final class KvBackend implements Backend<KvSettings, Kv> {
    private static final Pattern BUCKET = Pattern.compile(KvSettings.BUCKET);

    /** What only the engine puts values into, and what it keeps there. */
    private static final Map<String, String> OF_ENGINE =
            Map.of(
                    "menu.flow", "flows keep their journals there",
                    "push", "pushes are kept there",
                    "push.callback", "what is to be told of pushes is kept there");

    /** Why scripts may not use a bucket; empty: it is none of the engine's own. */
    static Optional<String> notForScripts(String bucket) {
        return Optional.ofNullable(OF_ENGINE.get(bucket))
                .map(
                        it ->
                                "bucket '%s' is the engine's own: %s; use another bucket"
                                        .formatted(bucket, it));
    }

    private final Json json;

    KvBackend(Json json) {
        this.json = json;
    }

    @Override
    public Class<Kv> type() {
        return Kv.class;
    }

    @Override
    public Schema<KvSettings> settings() {
        return KvSettings.schema();
    }

    @Override
    public Kv start(KvSettings settings, Time time) {
        return new Kv.Live(settings, time);
    }

    @Override
    public void reload(Kv running, KvSettings before, KvSettings after) {
        ((Kv.Live) running).reload(after);
    }

    @Override
    public void stop(Kv running) {
        ((Kv.Live) running).close();
    }

    @Override
    public List<Gauge> gauges(Kv running) {
        return ((Kv.Live) running).gauges();
    }

    @Override
    public StandIn<Kv> standIn(KvSettings settings, TestWorld world) {
        return new KvStandIn(settings, world, json);
    }

    @Override
    public Optional<Mistake> objection(Line line, String text) {
        return KvStandIn.objection(line, text).map(Mistake::of);
    }

    /** Every function takes the bucket first. */
    @Override
    public Optional<String> objection(
            KvSettings settings, String function, List<@Nullable String> literals) {
        String bucket = literals.isEmpty() ? null : literals.getFirst();
        if (bucket == null) {
            return Optional.empty();
        }
        Optional<String> ofEngine = notForScripts(bucket);
        return ofEngine.isPresent() ? ofEngine : objection(settings, bucket);
    }

    /** {@code menu.flow} may use the engine's own bucket, if the rules list it. */
    @Override
    public Optional<String> objection(KvSettings settings, OptionUse use) {
        return objection(settings, requireNonNull(use.argument(), "the bucket"));
    }

    /** What is wrong with the name of a bucket; empty: nothing. */
    static Optional<String> objection(KvSettings settings, String bucket) {
        if (!BUCKET.matcher(bucket).matches()) {
            return Optional.of("bucket '" + bucket + "'; allowed is " + KvSettings.BUCKET_ALLOWED);
        }
        if (settings.buckets().isEmpty() || settings.buckets().containsKey(bucket)) {
            return Optional.empty();
        }
        return Optional.of(
                "bucket '%s' is none of those that the rules list under kv: buckets%s"
                        .formatted(
                                bucket, Nearest.suggestion(bucket, settings.buckets().keySet())));
    }
}
