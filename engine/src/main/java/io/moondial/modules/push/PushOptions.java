package io.moondial.modules.push;

import io.moondial.config.Nearest;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.modules.json.Json;
import io.moondial.push.Orders;
import io.moondial.push.PushOrder;
import io.moondial.push.PushOrder.Content;
import io.moondial.push.PushOrder.Priority;
import io.moondial.script.api.DurationOption;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.OptionKind;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import io.moondial.script.lua.Outline.Literal.Shape;
import io.moondial.text.Alphabet;
import io.moondial.text.Dcs;
import io.moondial.text.TextLength;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The table that {@code push.send} and {@code ussd.push} take, in the reading. */
final class PushOptions {
    static final String DESCRIPTION =
            "msisdn: the subscriber, an international number;"
                    + " text: what he reads, with kind: \"notify\" (he acknowledges it, if kind is left out) or \"menu\" (he answers it);"
                    + " or script_key in the place of text: a script that `push: scripts` lists, and args: a table that it finds in `request.args`;"
                    + " idempotency_key: "
                    + Orders.IDEMPOTENCY_KEY
                    + "; the same key of the same script is the same push, however often it is ordered;"
                    + " expires: how long the push may wait for its beginning, seconds or a text like \"10m\"; `push: expires` if left out;"
                    + " priority: \"urgent\" (before others, in quiet hours too), \"normal\" or \"low\";"
                    + " at_least_once: true if it is to be sent again where the engine was killed and it may have been sent before;"
                    + " callback: true if the upstream of `push: callback` is to be told how it ended;"
                    + " alerting_pattern: 0 to "
                    + Orders.MAX_ALERTING_PATTERN
                    + ", how the handset draws attention to it";

    static final String RAISED =
            "msisdn is missing or is no international number; not one of text and script_key; the text is empty or does not fit; the script is not one that the rules list; an option is unknown or wrong, or is a secret answer; the rules have no section push";

    private static final String MSISDN = "msisdn";
    private static final String TEXT = "text";
    static final String SCRIPT_KEY = "script_key";
    private static final String ARGS = "args";
    private static final String KIND = "kind";
    private static final String IDEMPOTENCY_KEY = "idempotency_key";
    static final String EXPIRES = "expires";
    private static final String PRIORITY = "priority";
    private static final String AT_LEAST_ONCE = "at_least_once";
    static final String CALLBACK = "callback";
    private static final String ALERTING_PATTERN = "alerting_pattern";

    private static final String NUMBER_ALLOWED = "an international number: " + Orders.NUMBER;
    private static final Map<String, Screen> KINDS_OF_TEXT =
            Map.of("notify", Screen.NOTIFY, "menu", Screen.MENU);
    private static final String KIND_ALLOWED = "\"notify\" or \"menu\"";
    private static final String PRIORITY_ALLOWED = "\"urgent\", \"normal\" or \"low\"";
    private static final OptionKind PATTERN = OptionKind.whole(0, Orders.MAX_ALERTING_PATTERN);
    private static final DurationOption EXPIRES_IN =
            new DurationOption(EXPIRES, "30d", "\"30s\", \"10m\", \"2h\"");

    /** The options, and what each may be. */
    static final SortedMap<String, OptionKind> KINDS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry(
                                    MSISDN,
                                    new OptionKind(
                                            NUMBER_ALLOWED,
                                            it ->
                                                    isTextOrNumber(it.shape())
                                                            && Orders.isNumber(it.text()))),
                            Map.entry(
                                    TEXT,
                                    new OptionKind(
                                            "a text that fits in one message",
                                            it -> isTextOrNumber(it.shape()) && fits(it.text()))),
                            Map.entry(
                                    SCRIPT_KEY, OptionKind.of("the name of a script", Shape.TEXT)),
                            Map.entry(ARGS, OptionKind.of("a table with names", Shape.TABLE)),
                            Map.entry(
                                    KIND,
                                    OptionKind.matching(
                                            Pattern.compile("notify|menu"), KIND_ALLOWED)),
                            Map.entry(
                                    IDEMPOTENCY_KEY,
                                    new OptionKind(
                                            Orders.IDEMPOTENCY_KEY,
                                            it ->
                                                    isTextOrNumber(it.shape())
                                                            && Orders.isIdempotencyKey(it.text()))),
                            Map.entry(EXPIRES, EXPIRES_IN.kind()),
                            Map.entry(
                                    PRIORITY,
                                    OptionKind.matching(
                                            Pattern.compile("urgent|normal|low"),
                                            PRIORITY_ALLOWED)),
                            Map.entry(AT_LEAST_ONCE, OptionKind.BOOLEAN),
                            Map.entry(CALLBACK, OptionKind.BOOLEAN),
                            Map.entry(ALERTING_PATTERN, PATTERN)));

    private final Arguments a;
    private final Json json;
    private final Map<String, Object> given = new HashMap<>();

    private PushOptions(Arguments a, Json json) {
        this.a = a;
        this.json = json;
    }

    private static boolean isTextOrNumber(Shape shape) {
        return shape == Shape.TEXT || shape == Shape.NUMBER;
    }

    private static boolean fits(String text) {
        return TextLength.of(text, Alphabet.GSM7).fits();
    }

    /**
     * The order that the first argument describes.
     *
     * @throws LuaError at what is wrong with it
     */
    static PushOrder read(Arguments a, Json json, HostCall call) {
        PushOptions options = new PushOptions(a, json);
        options.readTable(a.table(1));
        return options.order(call);
    }

    private void readTable(LuaTable table) {
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            String name = e[0] instanceof LuaString text ? text.toText() : "";
            if (!KINDS.containsKey(name)) {
                String near = Nearest.suggestion(name, KINDS.keySet());
                throw error(
                        "unknown option '"
                                + a.state().show(e[0])
                                + "'"
                                + (near.isEmpty()
                                        ? "; allowed are " + String.join(", ", KINDS.keySet())
                                        : near));
            }
            Object value = e[1];
            if (value != null) {
                a.refuseSecret(value, "option " + name);
                given.put(name, value);
            }
        }
    }

    private PushOrder order(HostCall call) {
        Duration expires = null;
        if (given.get(EXPIRES) != null) {
            expires = EXPIRES_IN.read(a, given.get(EXPIRES));
        }
        return new PushOrder(
                msisdn(),
                content(),
                priority(),
                by(call),
                expires == null ? null : new PushOrder.After(expires),
                idempotencyKey(),
                flag(AT_LEAST_ONCE),
                flag(CALLBACK),
                alertingPattern());
    }

    /** Who orders what a script orders. */
    static String by(HostCall call) {
        return "script " + call.script().name();
    }

    private String msisdn() {
        String number = text(MSISDN, NUMBER_ALLOWED);
        if (number == null) {
            throw error("msisdn is missing: " + NUMBER_ALLOWED);
        }
        if (!Orders.isNumber(number)) {
            throw wrong(MSISDN, NUMBER_ALLOWED);
        }
        return number;
    }

    private Content content() {
        String text = text(TEXT, "a text");
        String script = text(SCRIPT_KEY, "the name of a script");
        if ((text == null) == (script == null)) {
            throw error("one of text and script_key is needed, and not both");
        }
        if (script != null) {
            if (given.containsKey(KIND)) {
                throw error("option kind: only with text: a script shows what it wants");
            }
            return new PushOrder.Script(script, args());
        }
        if (given.containsKey(ARGS)) {
            throw error("option args: only with script_key: nobody reads them in a text");
        }
        return new PushOrder.Text(kind(), sendable(String.valueOf(text)));
    }

    private String sendable(String text) {
        a.meter().work(text.length() >> 3);
        try {
            var _ = UssdString.encode(text, Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            throw error(String.valueOf(e.getMessage()));
        }
        return text;
    }

    private Screen kind() {
        Object value = given.get(KIND);
        if (value == null) {
            return Screen.NOTIFY;
        }
        Screen kind = value instanceof LuaString word ? KINDS_OF_TEXT.get(word.toText()) : null;
        if (kind == null) {
            throw wrong(KIND, KIND_ALLOWED);
        }
        return kind;
    }

    private @Nullable String args() {
        Object value = given.get(ARGS);
        if (value == null) {
            return null;
        }
        if (!(value instanceof LuaTable table) || table.length() > 0) {
            throw wrong(ARGS, "a table with names");
        }
        String written = json.encode(a.state(), table, a.function());
        a.meter().string(written.length());
        refuseSecretsIn(table);
        if (!written.startsWith("{")) {
            throw wrong(ARGS, "a table with names");
        }
        return written;
    }

    /** It is kept in the store in clear. That it has an end is known: it was encoded. */
    private void refuseSecretsIn(LuaTable table) {
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            a.refuseSecret(e[0], "name of an argument");
            a.refuseSecret(e[1], "argument");
            if (e[1] instanceof LuaTable inner) {
                refuseSecretsIn(inner);
            }
        }
    }

    private Priority priority() {
        Object value = given.get(PRIORITY);
        if (value == null) {
            return Priority.NORMAL;
        }
        if (value instanceof LuaString word) {
            for (Priority priority : Priority.values()) {
                if (priority.word().equals(word.toText())) {
                    return priority;
                }
            }
        }
        throw wrong(PRIORITY, PRIORITY_ALLOWED);
    }

    private @Nullable String idempotencyKey() {
        String key = text(IDEMPOTENCY_KEY, Orders.IDEMPOTENCY_KEY);
        if (key != null && !Orders.isIdempotencyKey(key)) {
            throw wrong(IDEMPOTENCY_KEY, Orders.IDEMPOTENCY_KEY);
        }
        return key;
    }

    private boolean flag(String option) {
        return switch (given.get(option)) {
            case null -> false;
            case Boolean flag -> flag;
            default -> throw wrong(option, OptionKind.BOOLEAN.allowed());
        };
    }

    private @Nullable Integer alertingPattern() {
        return switch (given.get(ALERTING_PATTERN)) {
            case null -> null;
            case Double d when d == Math.rint(d) && d >= 0 && d <= Orders.MAX_ALERTING_PATTERN ->
                    d.intValue();
            default -> throw wrong(ALERTING_PATTERN, PATTERN.allowed());
        };
    }

    /** A string, or a number with all its digits; null: it is not given. */
    private @Nullable String text(String option, String allowed) {
        return switch (given.get(option)) {
            case null -> null;
            case LuaString text -> text.toText();
            case Double number when Double.isFinite(number) -> Numbers.allDigits(number);
            default -> throw wrong(option, allowed);
        };
    }

    private LuaError error(String what) {
        return new LuaError(a.function() + ": " + what);
    }

    private LuaError wrong(String option, String allowed) {
        Object value = given.get(option);
        String shown =
                value instanceof LuaString
                        ? "the text \"" + a.state().show(value) + '"'
                        : value instanceof LuaTable ? "a table" : Lua.show(value);
        return error("option " + option + ": " + allowed + "; got " + shown);
    }
}
