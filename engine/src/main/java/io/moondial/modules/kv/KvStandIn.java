package io.moondial.modules.kv;

import static java.util.Objects.requireNonNull;

import io.moondial.modules.json.Json;
import io.moondial.modules.kv.KvStore.Answer;
import io.moondial.modules.kv.KvStore.Kept;
import io.moondial.modules.kv.KvStore.KvKey;
import io.moondial.modules.kv.KvStore.Question;
import io.moondial.modules.kv.KvStore.Request;
import io.moondial.modules.kv.KvStore.Why;
import io.moondial.script.api.Backend.Line;
import io.moondial.script.api.Backend.StandIn;
import io.moondial.script.api.Backend.TestWorld;
import io.moondial.script.api.DurationOption;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a dialog test has for {@code kv}: a store of its own, in memory, on the test's clock. */
final class KvStandIn implements StandIn<Kv>, Kv {
    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern KEYED =
            Pattern.compile(
                    "(\\S+)\\s+(" + QUOTED.pattern() + "|\\S+)(?:\\s+(.*))?", Pattern.DOTALL);
    private static final Pattern WITH_TTL =
            Pattern.compile("(.*)\\s+ttl\\s+(\\S+)", Pattern.DOTALL);
    private static final Pattern DECIMAL =
            Pattern.compile("decimal\\s*\\(?\\s*\"([^\"]*)\"\\s*\\)?");
    private static final Pattern PLAIN = Pattern.compile("[!#-~]+");
    private static final Pattern JSON_BEGINS =
            Pattern.compile("(?s)[\\[{\"].*|-?[0-9].*|true|false|null");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final String FAILS = "fails";
    private static final String NO_KEYS = "the bucket is empty";
    private static final int KEYS = 100_000;
    private static final int OCTETS = 64 << 20;
    private static final int SHOWN_KEYS = 10;
    private static final Json PLAIN_JSON = new Json();

    private final KvSettings settings;
    private final Json json;
    private final TestWorld world;
    private final MemoryStore store;
    private final Map<String, Answer.Failed> failing = new HashMap<>();

    /**
     * A line of a dialog test.
     *
     * @param key null: the whole bucket
     * @param value null: whatever it is
     * @param fails why calls fail; null: they do not
     */
    private record Written(
            String bucket,
            @Nullable String key,
            @Nullable String value,
            @Nullable Duration ttl,
            @Nullable Why fails) {}

    /** A line that says nothing, and what is wrong with it. */
    private static final class NotUnderstood extends Exception {
        private static final long serialVersionUID = 1L;

        NotUnderstood(String message) {
            super(message, null, false, false);
        }
    }

    KvStandIn(KvSettings settings, TestWorld world, Json json) {
        this.settings = settings;
        this.json = json;
        this.world = world;
        this.store = new MemoryStore(new MemoryStore.Limits(KEYS, OCTETS), world.time());
        world.givens().forEach(this::give);
    }

    private void give(String text) {
        try {
            Written given = read(Line.GIVEN, text);
            Optional<String> objection = KvBackend.objection(settings, given.bucket());
            if (objection.isPresent()) {
                world.fault().accept("given kv " + text + ": " + objection.get());
            } else if (given.fails() != null) {
                failing.put(given.bucket(), new Answer.Failed(given.fails(), "given kv " + text));
            } else {
                KvKey key = new KvKey(given.bucket(), LuaString.of(String.valueOf(given.key())));
                long ttl = given.ttl() == null ? 0 : given.ttl().toMillis();
                var _ = store.ask(new Request.Set(key, encoded(state(), json, given), ttl));
            }
        } catch (NotUnderstood e) {
            world.fault().accept("given kv " + text + ": " + e.getMessage());
        }
    }

    @Override
    public Kv running() {
        return this;
    }

    @Override
    public KvSettings settings() {
        return settings;
    }

    @Override
    public CompletableFuture<Answer> ask(Request request) {
        return askForEngine(request);
    }

    @Override
    public CompletableFuture<Answer> askForEngine(Question question) {
        Answer.Failed failure = failing.get(question.bucket());
        return failure == null ? store.ask(question) : CompletableFuture.completedFuture(failure);
    }

    // ---- checks

    @Override
    public Optional<String> check(boolean absent, String text) {
        try {
            Written line = read(absent ? Line.CHECK_ABSENT : Line.CHECK, text);
            return absent ? checkAbsent(line) : checkPresent(line);
        } catch (NotUnderstood e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private Optional<String> checkPresent(Written line) throws NotUnderstood {
        Kept entry = entry(line);
        if (entry == null) {
            return Optional.of(
                    "expected %s in %s, but there is none; %s"
                            .formatted(line.key(), line.bucket(), keysOf(line.bucket())));
        }
        if (line.value() != null && !isSame(line, entry)) {
            return Optional.of(
                    "expected %s in %s to be %s, but it is %s"
                            .formatted(line.key(), line.bucket(), line.value(), shown(entry)));
        }
        if (line.ttl() != null) {
            long left = entry.expires() - world.time().now().toEpochMilli();
            if (entry.expires() == Kept.NEVER || left != line.ttl().toMillis()) {
                return Optional.of(
                        "expected %s in %s to have a ttl of %d ms, but it has %s"
                                .formatted(
                                        line.key(),
                                        line.bucket(),
                                        line.ttl().toMillis(),
                                        entry.expires() == Kept.NEVER ? "none" : left + " ms"));
            }
        }
        return Optional.empty();
    }

    private Optional<String> checkAbsent(Written line) throws NotUnderstood {
        if (line.key() == null) {
            String keys = keysOf(line.bucket());
            return keys.equals(NO_KEYS)
                    ? Optional.empty()
                    : Optional.of("expected nothing in %s, but %s".formatted(line.bucket(), keys));
        }
        if (checkPresent(line).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                "expected %s in %s not to be there, but it is %s"
                        .formatted(line.key(), line.bucket(), shown(requireNonNull(entry(line)))));
    }

    private String keysOf(String bucket) {
        List<String> keys =
                store.contents().keySet().stream()
                        .filter(it -> it.bucket().equals(bucket))
                        .map(it -> word(it.name().toText()))
                        .sorted()
                        .toList();
        if (keys.isEmpty()) {
            return NO_KEYS;
        }
        return "the bucket has "
                + keys.stream().limit(SHOWN_KEYS).collect(Collectors.joining(", "))
                + (keys.size() > SHOWN_KEYS
                        ? " and %d more".formatted(keys.size() - SHOWN_KEYS)
                        : "");
    }

    private @Nullable Kept entry(Written line) {
        return store.contents()
                .get(new KvKey(line.bucket(), LuaString.of(String.valueOf(line.key()))));
    }

    private String shown(Kept entry) {
        LuaState state = state();
        try {
            Object value = KvValue.decode(state, json, entry.value());
            return value instanceof LuaDecimal decimal
                    ? "decimal(\"" + decimal + "\")"
                    : json.encode(state, value, "kv");
        } catch (KvValue.Foreign | LuaError e) {
            return "a value that JSON cannot show";
        }
    }

    private boolean isSame(Written line, Kept entry) throws NotUnderstood {
        LuaState state = state();
        LuaString expected = encoded(state, json, line);
        if (expected.equals(entry.value())) {
            return true;
        }
        try {
            return isSame(
                    KvValue.decode(state, json, expected),
                    KvValue.decode(state, json, entry.value()));
        } catch (KvValue.Foreign e) {
            return false;
        }
    }

    /** Whether two values are the same where a number may stand for a decimal. */
    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        if (one instanceof LuaTable a && other instanceof LuaTable b) {
            return contains(a, b) && contains(b, a);
        }
        BigDecimal a = number(one);
        BigDecimal b = number(other);
        if (a != null && b != null) {
            return a.compareTo(b) == 0;
        }
        return one != null && one.equals(other);
    }

    private static boolean contains(LuaTable all, LuaTable some) {
        for (var e = some.next(null); e != null; e = some.next(e[0])) {
            if (!isSame(e[1], all.get(e[0]))) {
                return false;
            }
        }
        return true;
    }

    /** A number as it is written. */
    private static @Nullable BigDecimal number(@Nullable Object value) {
        return switch (value) {
            case Double d when Double.isFinite(d) -> BigDecimal.valueOf(d);
            case LuaDecimal d -> d.value();
            case null, default -> null;
        };
    }

    // ---- lines

    /** What is wrong with a line; empty: nothing. */
    static Optional<String> objection(Line line, String text) {
        try {
            Written read = read(line, text);
            if (read.value() != null) {
                encoded(state(), PLAIN_JSON, read);
            }
            return Optional.empty();
        } catch (NotUnderstood e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** A key as a line has it: in quotes if it has blanks. */
    static String word(String key) {
        if (PLAIN.matcher(key).matches() && !key.equals(FAILS)) {
            return key;
        }
        return PLAIN_JSON.encode(state(), LuaString.of(key), "kv");
    }

    private static Written read(Line line, String text) throws NotUnderstood {
        Matcher keyed = KEYED.matcher(text.strip());
        if (!keyed.matches()) {
            if (line == Line.CHECK_ABSENT && text.strip().matches(KvSettings.BUCKET)) {
                return new Written(text.strip(), null, null, null, null);
            }
            throw new NotUnderstood(allowed(line));
        }
        String bucket = keyed.group(1);
        String key = keyed.group(2);
        String rest = keyed.group(3) == null ? null : keyed.group(3).strip();
        if (!bucket.matches(KvSettings.BUCKET)) {
            throw new NotUnderstood(
                    "'%s'; allowed is %s".formatted(bucket, KvSettings.BUCKET_ALLOWED));
        }
        if (line == Line.GIVEN && key.equals(FAILS)) {
            return new Written(bucket, null, null, null, why(rest));
        }
        if (QUOTED.matcher(key).matches()) {
            key = ((LuaString) json(state(), PLAIN_JSON, key)).toText();
        }
        Duration ttl = null;
        if (rest != null && !QUOTED.matcher(rest).matches()) {
            Matcher withTtl = WITH_TTL.matcher(rest);
            if (withTtl.matches()) {
                ttl = DurationOption.ofText(withTtl.group(2));
                rest = withTtl.group(1);
                if (ttl.isZero()) {
                    throw new NotUnderstood(
                            "ttl: a whole number with a unit: ms, s, m, h or d; found "
                                    + withTtl.group(2));
                }
            }
        }
        if (rest == null && line == Line.GIVEN) {
            throw new NotUnderstood(allowed(line));
        }
        return new Written(bucket, key, rest, ttl, null);
    }

    private static Why why(@Nullable String word) throws NotUnderstood {
        return Stream.of(Why.values())
                .filter(it -> it.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new NotUnderstood(
                                        "fails timeout, fails unavailable or fails too_large; a key 'fails' stands in quotes"));
    }

    private static String allowed(Line line) {
        return switch (line) {
            case GIVEN -> "BUCKET KEY VALUE, BUCKET KEY VALUE ttl 30m, or BUCKET fails timeout";
            case CHECK -> "BUCKET KEY, BUCKET KEY VALUE, or BUCKET KEY VALUE ttl 30m";
            case CHECK_ABSENT -> "BUCKET, BUCKET KEY, or BUCKET KEY VALUE";
        };
    }

    /** The value of a line: JSON, a decimal as scripts write it, or a text without quotes. */
    private static LuaString encoded(LuaState state, Json json, Written line) throws NotUnderstood {
        String text = String.valueOf(line.value());
        LuaString kept;
        try {
            kept = KvValue.encode(state, json, value(state, json, text), 1 << 20, "kv");
        } catch (LuaError e) {
            throw new NotUnderstood(String.valueOf(e.getMessage()));
        }
        if (kept == null) {
            throw new NotUnderstood("the value is larger than 1 MiB");
        }
        return kept;
    }

    private static Object value(LuaState state, Json json, String text) throws NotUnderstood {
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            LuaDecimal value = LuaDecimal.parse(decimal.group(1));
            if (value == null) {
                throw new NotUnderstood(decimal.group(1) + " is no decimal");
            }
            return value;
        }
        boolean isJson =
                JSON_BEGINS.matcher(text).matches()
                        && (!text.toLowerCase(Locale.ROOT).matches("(?s)-?[0-9].*")
                                || NUMBER.matcher(text).matches());
        return isJson ? json(state, json, text) : LuaString.of(text);
    }

    private static Object json(LuaState state, Json json, String text) throws NotUnderstood {
        try {
            Object value = json.decode(state, text);
            if (value == null) {
                throw new NotUnderstood(
                        "null is no value; 'no kv BUCKET KEY' checks that there is none");
            }
            return value;
        } catch (Json.NotJson e) {
            throw new NotUnderstood(String.valueOf(e.getMessage()));
        }
    }

    /** Where values of lines are made: nobody pays for them. */
    private static LuaState state() {
        Meter free =
                new Meter(
                        new Meter.Bounds(Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 1000, 1 << 24, 0),
                        () -> {},
                        new Meter.HeavyPermit(1));
        LuaTable nothing = LuaTable.unmetered().seal("nothing");
        return new LuaState(free, nothing, nothing, nothing, null, nothing);
    }
}
