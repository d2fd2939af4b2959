package io.moondial.modules.kv;

import io.moondial.modules.json.Json;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Lines {@code given kv} of a recorded dialog: what a store must hold at the start so that the
 * script finds the same again. Of each key that is what its first call found: what comes later is
 * the script's own doing. Only asked while somebody records.
 */
final class KvGivens {
    private final Json json;

    /** The keys whose beginning is known, of each script that is recorded. */
    private final Map<LuaState, Set<KvKey>> known =
            Collections.synchronizedMap(new WeakHashMap<>());

    KvGivens(Json json) {
        this.json = json;
    }

    /** Whether this was the first time. */
    private boolean isFirst(Arguments a, KvKey key) {
        return known.computeIfAbsent(a.state(), _ -> new HashSet<>()).add(key);
    }

    private boolean isKnown(Arguments a, KvKey key) {
        return known.getOrDefault(a.state(), Set.of()).contains(key);
    }

    /** After kv.get. */
    @Nullable String found(Arguments a, KvKey key, Answer answer) {
        if (!(answer instanceof Answer.Found(LuaString value))
                || !isFirst(a, key)
                || value == null) {
            return null;
        }
        try {
            return line(a, key, KvValue.decode(a.state(), json, value));
        } catch (KvValue.Foreign e) {
            return null;
        }
    }

    /** After a call that does not depend on what was there. */
    @Nullable String changed(Arguments a, KvKey key) {
        isFirst(a, key);
        return null;
    }

    /** After kv.add. */
    @Nullable String changedOrPresent(Arguments a, KvKey key, Answer answer) {
        return answer.equals(Answer.Done.NO) ? any(a, key) : changed(a, key);
    }

    /** After kv.cas: what was there if it succeeded. */
    @Nullable String swapped(Arguments a, KvKey key, @Nullable Object old, Answer answer) {
        return answer.equals(Answer.Done.YES) && isFirst(a, key) && old != null
                ? line(a, key, old)
                : null;
    }

    /** After kv.incr. */
    @Nullable String counted(Arguments a, KvKey key, long by, Answer answer) {
        return answer instanceof Answer.Counted(long sum) && isFirst(a, key) && sum != by
                ? line(a, key, KvValue.toLua(a.state(), sum - by))
                : null;
    }

    /** After kv.delete. */
    @Nullable String deleted(Arguments a, KvKey key, Answer answer) {
        String given = answer.equals(Answer.Done.YES) ? any(a, key) : null;
        isFirst(a, key);
        return given;
    }

    /** After kv.ttl. */
    @Nullable String left(Arguments a, KvKey key, Answer answer) {
        if (isKnown(a, key) || !(answer instanceof Answer.Left left) || !left.present()) {
            return null;
        }
        String value = any(a, key);
        return left.left() == null ? value : value + " ttl " + left.left().toMillis() + "ms";
    }

    /** There is a value, and nobody has seen which; if somebody does later, that line counts. */
    private @Nullable String any(Arguments a, KvKey key) {
        return isKnown(a, key) ? null : line(a, key, true);
    }

    private @Nullable String line(Arguments a, KvKey key, Object value) {
        try {
            String text =
                    value instanceof LuaDecimal decimal
                            ? "decimal(\"" + decimal + "\")"
                            : json.encode(a.state(), value, a.function());
            return key.bucket() + " " + KvStandIn.word(key.name().toText()) + " " + text;
        } catch (LuaError e) {
            return null; // it has no form in JSON
        }
    }
}
