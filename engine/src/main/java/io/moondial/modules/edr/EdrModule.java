package io.moondial.modules.edr;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The module {@code edr}: records of the script's own. */
public final class EdrModule {
    private static final String RESERVED = "USSD-";
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");

    private EdrModule() {}

    /** Makes the module. */
    public static ApiModule create() {
        return ApiModule.of("edr", "Event Data Records of the script's own.")
                .function(
                        "write",
                        "Writes a record with the instance id of this dialog.",
                        f ->
                                f.takes(
                                                "event",
                                                STRING,
                                                "its type: a letter, then letters, digits, _ and -;"
                                                        + " USSD-, PUSH, PUSH-R and PUSH-E are the engine's")
                                        .takes(
                                                "fields",
                                                TABLE,
                                                "by name; a value is a string, a number (a whole"
                                                        + " one up to 2^53 is written with all its"
                                                        + " digits, another as tostring gives it), a"
                                                        + " decimal, a boolean or a list of them (an"
                                                        + " empty one leaves the field out); written in"
                                                        + " the order of their names, at most 65,536"
                                                        + " characters in all. A secret answer is"
                                                        + " written as asterisks")
                                        .mayTake(
                                                "stream",
                                                STRING,
                                                "the stream of records: up to 64 letters, digits"
                                                        + " and _; nil is the service's. There can be"
                                                        + " 60 streams")
                                        .raises(
                                                "a name or a value that cannot be written, such as"
                                                        + " NaN or an infinity; a name that is a secret"
                                                        + " answer; one record more than"
                                                        + " script.max_edrs in this dialog")
                                        .effect(Effect.CHANGE)
                                        .does(
                                                "edr.write(\"TOPUP\", {AMOUNT = 50, VOUCHERS ="
                                                        + " {\"123\", \"456\"}})",
                                                EdrModule::write))
                .build();
    }

    private static @Nullable Object[] write(Arguments a, HostCall call) {
        String event = name(a.openText(1, "event"), "event", NAME);
        if (event.startsWith(RESERVED)) {
            throw new LuaError(
                    "edr.write: event '" + event + "': names in USSD- are the engine's own");
        }
        Map<String, List<String>> fields = fields(a, a.table(2));
        String stream = a.isNil(3) ? null : name(a.openText(3, "stream"), "stream", WORD);
        call.writeEdr(event, fields, stream);
        return Lua.nothing();
    }

    private static String name(String name, String what, Pattern allowed) {
        if (!allowed.matcher(name).matches()) {
            throw new LuaError(
                    "edr.write: "
                            + what
                            + " '"
                            + name
                            + "': a letter, then up to 63 of letters, digits, _"
                            + (allowed.equals(NAME) ? " and -" : ""));
        }
        return name;
    }

    private static Map<String, List<String>> fields(Arguments a, LuaTable table) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            if (!(e[0] instanceof LuaString key)) {
                throw new LuaError(
                        "edr.write: fields must have names, got the key " + Lua.show(e[0]));
            }
            a.refuseSecret(key, "name of a field");
            String name = name(key.toText(), "field", WORD);
            fields.put(name, values(a, name, e[1]));
        }
        return fields;
    }

    private static List<String> values(Arguments a, String field, @Nullable Object value) {
        if (!(value instanceof LuaTable list)) {
            return List.of(text(a, field, value));
        }
        requireList(a, field, list);
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= list.length(); i++) {
            texts.add(text(a, field, list.get(i)));
        }
        return texts;
    }

    /** What stands beside the list's values would be lost without a word. */
    private static void requireList(Arguments a, String field, LuaTable list) {
        for (var e = list.next(null); e != null; e = list.next(e[0])) {
            if (!(e[0] instanceof Number key
                    && key.doubleValue() >= 1
                    && key.doubleValue() <= list.length()
                    && key.doubleValue() == Math.rint(key.doubleValue()))) {
                throw new LuaError(
                        "edr.write: field "
                                + field
                                + ": a list has its values at 1, 2, 3 and so on, got the key "
                                + a.state().show(e[0]));
            }
        }
    }

    private static String text(Arguments a, String field, @Nullable Object value) {
        return switch (value) {
            case LuaString text -> {
                a.meter().string(text.length());
                yield a.state().written(text).toText();
            }
            case Double number when Double.isFinite(number) -> Numbers.allDigits(number);
            case LuaDecimal decimal -> {
                a.meter().string(decimal.text().length());
                yield decimal.toString();
            }
            case Boolean b -> b.toString();
            case null, default ->
                    throw new LuaError(
                            "edr.write: field "
                                    + field
                                    + ": a string, a finite number, a decimal, a boolean or a list"
                                    + " of them expected, got "
                                    + (value instanceof Double
                                            ? Lua.show(value)
                                            : Lua.typeName(value)));
        };
    }
}
