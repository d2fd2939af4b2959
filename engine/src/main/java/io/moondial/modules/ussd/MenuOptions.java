package io.moondial.modules.ussd;

import io.moondial.dialog.DialogEvent.ScreenOptions;
import io.moondial.script.api.DurationOption;
import io.moondial.script.api.OptionKind;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Outline.Literal.Shape;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of {@code ussd.menu} and {@code ussd.notify} in the reading. */
final class MenuOptions {
    /** The field that makes the answer a secret one. */
    static final String SECRET = "secret";

    private static final String KEYS = "keys";

    private static final List<String> NAMES = List.of("timeout", "dcs", SECRET, KEYS);

    private static final int MAX_KEYS = 10;
    private static final int MAX_KEY = 20;

    private static final DurationOption TIMEOUT =
            new DurationOption("timeout", "10m", "\"30s\", \"500ms\", \"2m\"");

    private static final int MAX_DCS = 255;

    private static final String KEYS_ALLOWED =
            "a list of at most %d texts, each of at most %d octets".formatted(MAX_KEYS, MAX_KEY);

    /** The options, and what each may be. */
    static final Map<String, OptionKind> KINDS =
            Map.of(
                    "timeout",
                    TIMEOUT.kind(),
                    "dcs",
                    OptionKind.whole(0, MAX_DCS),
                    SECRET,
                    OptionKind.BOOLEAN,
                    KEYS,
                    OptionKind.of(KEYS_ALLOWED, Shape.TABLE));

    private @Nullable Duration timeout;
    private @Nullable Integer dcs;
    private boolean secret;
    private Set<String> keys = Set.of();

    private MenuOptions() {}

    /** Reads the table at a position, or nothing if none is given. */
    static ScreenOptions read(Arguments a, int position) {
        if (a.isNil(position)) {
            return ScreenOptions.NONE;
        }
        MenuOptions options = new MenuOptions();
        LuaTable table = a.table(position);
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            options.read(a, e[0], e[1]);
        }
        return new ScreenOptions(options.timeout, options.dcs, options.secret, null, options.keys);
    }

    private void read(Arguments a, @Nullable Object name, @Nullable Object value) {
        switch (name instanceof LuaString s ? s.toText() : "") {
            case "timeout" -> timeout = TIMEOUT.read(a, value);
            case "dcs" -> dcs = dcs(a, value);
            case SECRET -> secret = secret(a, value);
            case KEYS -> keys = keys(a, value);
            default ->
                    throw new LuaError(
                            a.function()
                                    + ": unknown option '"
                                    + a.state().show(name)
                                    + "'; allowed are "
                                    + String.join(", ", NAMES));
        }
    }

    private static Integer dcs(Arguments a, @Nullable Object value) {
        if (value instanceof Double d && d == Math.rint(d) && d >= 0 && d <= MAX_DCS) {
            return d.intValue();
        }
        throw wrong(a, "dcs", "a whole number from 0 to 255", value);
    }

    private static boolean secret(Arguments a, @Nullable Object value) {
        if (value instanceof Boolean b) {
            return b;
        }
        throw wrong(a, SECRET, "true or false", value);
    }

    private static Set<String> keys(Arguments a, @Nullable Object value) {
        if (!(value instanceof LuaTable list) || list.length() > MAX_KEYS) {
            throw wrong(a, KEYS, KEYS_ALLOWED, value);
        }
        Set<String> keys = new HashSet<>();
        for (int i = 1; i <= list.length(); i++) {
            Object key = list.get(i);
            if (!(key instanceof LuaString text)
                    || a.state().isSecret(key)
                    || text.length() > MAX_KEY) {
                throw wrong(a, KEYS, KEYS_ALLOWED, key);
            }
            keys.add(text.toText());
        }
        return keys;
    }

    private static LuaError wrong(
            Arguments a, String option, String allowed, @Nullable Object value) {
        String shown = a.state().show(value);
        String given = value instanceof LuaString ? "the text \"" + shown + "\"" : shown;
        return new LuaError(
                a.function() + ": option " + option + ": " + allowed + "; got " + given);
    }
}
