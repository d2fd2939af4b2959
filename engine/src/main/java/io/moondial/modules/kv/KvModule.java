package io.moondial.modules.kv;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.modules.json.Json;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.DurationOption;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The module {@code kv}: values that outlive a dialog. */
public final class KvModule {
    private static final DurationOption TTL =
            new DurationOption("ttl", "3650d", "\"30s\", \"15m\", \"90d\"");
    private static final String BUCKET =
            "what the keys belong to: a letter, then up to 63 of letters, digits, _, . and -";
    private static final String KEY =
            "any text that is not empty, such as a number of a subscriber";
    private static final String VALUE =
            "a string, a number, a boolean, a decimal, or a table of them: with names, or with 1 to n";
    private static final String WRONG_NAMES =
            "the bucket is not one that the rules list, or is the engine's own: menu.flow, push or push.callback; its name or the key is not allowed, or is a secret answer";
    private static final String WRONG_VALUES =
            WRONG_NAMES
                    + "; the value is nil, a function, NaN or an infinity, a secret answer, a table that contains itself, or one with other keys";
    private static final String FAILURE =
            "nil, why and a detail for the log if that is not possible";

    private final Json json;
    private final KvGivens givens;
    private final boolean forEngine;

    private KvModule(Json json, boolean forEngine) {
        this.json = json;
        this.givens = new KvGivens(json);
        this.forEngine = forEngine;
    }

    /** Makes the module. */
    public static ApiModule create(Json json) {
        return new KvModule(json, false).describe();
    }

    /**
     * The same for parts of the engine, not to be shown to scripts: it has the bucket that scripts
     * cannot use.
     */
    public static ApiModule createForEngine(Json json) {
        return new KvModule(json, true).describe();
    }

    private ApiModule describe() {
        return ApiModule.of(
                        "kv",
                        "Values that outlive a dialog, under a key in a bucket: a language, a counter, a limit for today."
                                + " Where they are is in the rules (`kv`): in a file, in memory, or in Redis; the functions are the same."
                                + " `why` is `timeout` (no answer in time: a change may have happened or not),"
                                + " `unavailable` (the store cannot be used now) or `too_large` (the value has more than `max_value`, 64 KiB)."
                                + " A ttl, how long a value is kept, is a number of seconds or a text with a unit, such as `\"30m\"`: ms, s, m, h, d; at most 3650d."
                                + " Values come back as they were: strings of any octets, numbers, decimals with their scale; a table comes back as a copy without its metatable.")
                .backedBy(new KvBackend(json))
                .function(
                        "get",
                        "Reads a value.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .returns(
                                                "the value; or nil alone if there is none; or "
                                                        + FAILURE)
                                        .raises(WRONG_NAMES)
                                        .effect(Effect.READ)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                local lang, why = kv.get("language", request.msisdn)
                                                if why then log.info("no language known: %s", why) end
                                                lang = lang or "en"\
                                                """,
                                                this::get))
                .function(
                        "set",
                        "Keeps a value, whatever was there before. Without a ttl it stays until it is changed, or as long as the rules say for the bucket.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .takes("value", ANY, VALUE)
                                        .mayTake("options", TABLE, "`ttl`")
                                        .withFields(Map.of("ttl", TTL.kind()))
                                        .returns("true; or " + FAILURE)
                                        .raises(WRONG_VALUES)
                                        .effect(Effect.CHANGE)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                kv.set("language", request.msisdn, "sw", {ttl = "90d"})\
                                                """,
                                                this::set))
                .function(
                        "add",
                        "Keeps a value if there is none: of several who try at the same time, one succeeds.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .takes("value", ANY, VALUE)
                                        .mayTake("options", TABLE, "`ttl`")
                                        .withFields(Map.of("ttl", TTL.kind()))
                                        .returns(
                                                "true; or false if there is a value already; or "
                                                        + FAILURE)
                                        .raises(WRONG_VALUES)
                                        .effect(Effect.CHANGE)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                if kv.add("bonus", request.msisdn, os.time()) == false then
                                                  return "You have had your bonus"
                                                end\
                                                """,
                                                this::add))
                .function(
                        "cas",
                        "Compares and swaps: keeps a value if what is there is what the script expects, as `kv.get` gave it. What is there keeps the time that it has left, unless a ttl is given.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .takes(
                                                "old",
                                                ANY,
                                                "what must be there; nil: nothing. A decimal has the same scale too")
                                        .takes(
                                                "new",
                                                ANY,
                                                "as for `kv.set`; nil: the key is deleted")
                                        .mayTake("options", TABLE, "`ttl`")
                                        .withFields(Map.of("ttl", TTL.kind()))
                                        .returns(
                                                "true; or false if something else is there; or "
                                                        + FAILURE)
                                        .raises(WRONG_VALUES)
                                        .effect(Effect.CHANGE)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                local points = kv.get("points", request.msisdn) or 0
                                                if points >= 10 and kv.cas("points", request.msisdn, points, points - 10) then
                                                  return "10 points are yours"
                                                end\
                                                """,
                                                this::cas))
                .function(
                        "incr",
                        "Adds to a whole number of 64 bits, exactly; where there is none, to 0. A ttl is for a number that begins with this call: one that is there keeps its time. So a counter with a ttl counts from its first call on.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .mayTake(
                                                "by",
                                                ANY,
                                                "a whole number up to 2^53, or a whole decimal of 64 bits; negative to count down; 1 if left out")
                                        .mayTake("options", TABLE, "`ttl`")
                                        .withFields(Map.of("ttl", TTL.kind()))
                                        .returns(
                                                "the sum: a number up to 2^53, beyond that a decimal; or "
                                                        + FAILURE)
                                        .raises(
                                                WRONG_NAMES
                                                        + "; what is there is no whole number; the sum has more than 64 bits (what is there then stays)")
                                        .effect(Effect.CHANGE)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                local tries = kv.incr("tries", request.msisdn, 1, {ttl = "10m"})
                                                if tries and tries > 3 then return "Try again later" end\
                                                """,
                                                this::incr))
                .function(
                        "delete",
                        "Takes a key away.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .returns("true; or false if there was none; or " + FAILURE)
                                        .raises(WRONG_NAMES)
                                        .effect(Effect.CHANGE)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                kv.delete("language", request.msisdn)\
                                                """,
                                                this::delete))
                .function(
                        "ttl",
                        "How long a value is kept yet.",
                        f ->
                                f.takes("bucket", STRING, BUCKET)
                                        .takes("key", STRING, KEY)
                                        .returns(
                                                "seconds, with a fraction; or false if it stays until it is changed; or nil alone if there is no value; or "
                                                        + FAILURE)
                                        .raises(WRONG_NAMES)
                                        .effect(Effect.READ)
                                        .waits()
                                        .does(
                                                """
                                                local request = ...
                                                local left = kv.ttl("tries", request.msisdn)
                                                if left then log.info("%d s to go", left) end\
                                                """,
                                                this::ttl))
                .build();
    }

    // ---- the functions

    private @Nullable Object[] get(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        return answered(a, call, new Request.Get(key), it -> givens.found(a, key, it));
    }

    private @Nullable Object[] set(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        long ttl = ttl(a, 4, call, key);
        LuaString value = value(a, 3, "value", call);
        return value == null
                ? tooLarge(a, call)
                : answered(a, call, new Request.Set(key, value, ttl), _ -> givens.changed(a, key));
    }

    private @Nullable Object[] add(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        long ttl = ttl(a, 4, call, key);
        LuaString value = value(a, 3, "value", call);
        return value == null
                ? tooLarge(a, call)
                : answered(
                        a,
                        call,
                        new Request.Add(key, value, ttl),
                        it -> givens.changedOrPresent(a, key, it));
    }

    private @Nullable Object[] cas(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        long ttl = ttl(a, 5, call, key);
        @Nullable Object given = a.get(3);
        LuaString old =
                given == null
                        ? null
                        : KvValue.encode(a.state(), json, given, Integer.MAX_VALUE, a.function());
        @Nullable Object wanted = a.any(4);
        LuaString next = null;
        if (wanted != null) {
            next = value(a, 4, "new", call);
            if (next == null) {
                return tooLarge(a, call);
            }
        }
        return answered(
                a,
                call,
                new Request.Cas(key, old, next, ttl, isGiven(a, 5)),
                it -> givens.swapped(a, key, given, it));
    }

    private @Nullable Object[] incr(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        long ttl = ttl(a, 4, call, key);
        Long by = a.isNil(3) ? Long.valueOf(1) : KvValue.wholeOf(a.get(3));
        if (by == null) {
            throw new LuaError(
                    a.function()
                            + ": by: a whole number up to 2^53, or a whole decimal of 64 bits; got "
                            + a.state().show(a.get(3)));
        }
        return answered(
                a, call, new Request.Incr(key, by, ttl), it -> givens.counted(a, key, by, it));
    }

    private @Nullable Object[] delete(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        return answered(a, call, new Request.Delete(key), it -> givens.deleted(a, key, it));
    }

    private @Nullable Object[] ttl(Arguments a, HostCall call) {
        KvKey key = key(a, call);
        return answered(a, call, new Request.Ttl(key), it -> givens.left(a, key, it));
    }

    // ---- what they take

    private KvKey key(Arguments a, HostCall call) {
        KvSettings settings = call.backend(Kv.class).settings();
        String bucket = a.openText(1, "bucket");
        Optional<String> objection = forEngine ? Optional.empty() : KvBackend.notForScripts(bucket);
        if (objection.isEmpty()) {
            objection = KvBackend.objection(settings, bucket);
        }
        if (objection.isPresent()) {
            throw new LuaError(a.function() + ": " + objection.get());
        }
        a.refuseSecret(a.get(2), "key");
        LuaString name = a.get(2) instanceof LuaString text ? text : LuaString.of(a.text(2));
        if (name.length() == 0) {
            throw new LuaError(a.function() + ": the key is empty");
        }
        if (name.length() > settings.maxKey()) {
            throw new LuaError(
                    a.function()
                            + ": the key has "
                            + name.length()
                            + " octets; at most "
                            + settings.maxKey()
                            + " are allowed (kv: max_key)");
        }
        return new KvKey(bucket, name);
    }

    /** Null: it is too large. */
    private @Nullable LuaString value(Arguments a, int position, String name, HostCall call) {
        @Nullable Object value = a.get(position);
        if (value == null) {
            throw new LuaError(
                    a.function() + ": the " + name + " is nil; kv.delete takes a key away");
        }
        int largest = call.backend(Kv.class).settings().maxValue();
        return KvValue.encode(a.state(), json, value, largest, a.function());
    }

    private static boolean isGiven(Arguments a, int position) {
        return !a.isNil(position) && a.table(position).next(null) != null;
    }

    /** In milliseconds: what the script says, or the rules for the bucket; 0: for good. */
    private static long ttl(Arguments a, int position, HostCall call, KvKey key) {
        long ttl = call.backend(Kv.class).settings().ttlOf(key.bucket());
        if (a.isNil(position)) {
            return ttl;
        }
        LuaTable options = a.table(position);
        for (var e = options.next(null); e != null; e = options.next(e[0])) {
            if (!(e[0] instanceof LuaString name && name.toText().equals("ttl"))) {
                throw new LuaError(
                        a.function()
                                + ": unknown option '"
                                + a.state().show(e[0])
                                + "'; allowed is ttl");
            }
            ttl = TTL.read(a, e[1]).toMillis();
        }
        return ttl;
    }

    // ---- what they return

    private @Nullable Object[] answered(
            Arguments a, HostCall call, Request request, Function<Answer, @Nullable String> given) {
        Kv kv = call.backend(Kv.class);
        Answer answer =
                call.await(
                        Kv.called(kv.settings()), () -> kv.ask(request), KvModule::outcome, given);
        return switch (answer) {
            case Answer.Found(LuaString value) -> found(a, value);
            case Answer.Done(boolean changed) -> Lua.values(changed);
            case Answer.Counted(long sum) -> Lua.values(KvValue.toLua(a.state(), sum));
            case Answer.Left(boolean present, Duration left) ->
                    Lua.values(
                            !present
                                    ? null
                                    : left == null
                                            ? (Object) false
                                            : (Object) (left.toMillis() / 1000.0));
            case Answer.Failed(Why why, String detail) -> failed(a, why, detail);
            case Answer.Refused.NOT_WHOLE ->
                    throw refused(a, request, "what is there is no whole number");
            case Answer.Refused.OVERFLOW ->
                    throw refused(a, request, "the sum would have more than 64 bits");
            case Answer.Listed _ -> throw new IllegalStateException("no script asks for a page");
        };
    }

    private @Nullable Object[] found(Arguments a, @Nullable LuaString value) {
        if (value == null) {
            return Lua.values((Object) null);
        }
        if (value.length() - 1 > a.meter().maxStringLength() && value.at(0) == 's') {
            return failed(
                    a,
                    Why.TOO_LARGE,
                    "the value has %d octets, and a string of a script at most %d"
                            .formatted(value.length() - 1, a.meter().maxStringLength()));
        }
        try {
            return Lua.values(KvValue.decode(a.state(), json, value));
        } catch (KvValue.Foreign e) {
            return failed(a, Why.UNAVAILABLE, "the value was written by another program");
        }
    }

    private @Nullable Object[] tooLarge(Arguments a, HostCall call) {
        KvSettings settings = call.backend(Kv.class).settings();
        Answer answer =
                new Answer.Failed(
                        Why.TOO_LARGE,
                        "the value has more than %d octets (kv: max_value)"
                                .formatted(settings.maxValue()));
        call.await( // so that it is counted
                Kv.called(settings),
                () -> CompletableFuture.completedFuture(answer),
                KvModule::outcome);
        return failed(a, Why.TOO_LARGE, ((Answer.Failed) answer).detail());
    }

    private static @Nullable Object[] failed(Arguments a, Why why, String detail) {
        return Lua.values(null, Lua.text(why.word()), a.state().newString(detail));
    }

    private static LuaError refused(Arguments a, Request request, String why) {
        return new LuaError(
                "%s: bucket '%s', key '%s': %s"
                        .formatted(
                                a.function(),
                                request.key().bucket(),
                                request.key().name().toText(),
                                why));
    }

    private static String outcome(Answer answer) {
        return switch (answer) {
            case Answer.Failed failed -> failed.why().word();
            case Answer.Refused _ -> "refused";
            default -> "ok";
        };
    }
}
