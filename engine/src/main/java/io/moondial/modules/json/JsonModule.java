package io.moondial.modules.json;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The module {@code json}: text to values and back. */
public final class JsonModule {
    private static final LuaString DECIMALS = LuaString.of("decimals");

    private final Json json;

    private JsonModule(Json json) {
        this.json = json;
    }

    /** Makes the module. */
    public static ApiModule create(Json json) {
        return new JsonModule(json).describe();
    }

    private ApiModule describe() {
        return ApiModule.of("json", "JSON (RFC 8259) to Lua values and back.")
                .value(
                        "null",
                        "stands for null if nil cannot: in a list, or for a field that must be written; compare with ==",
                        json.nothing())
                .function(
                        "encode",
                        "Writes a value as JSON on one line. A decimal is a number with its digits. A table with the keys 1 to n is an array,"
                                + " one with names only is an object. The empty table is an object, unless json.array made it or it was decoded from an array.",
                        f ->
                                f.takes("value", ANY, "what to write; nil is written as null")
                                        .returns("the text")
                                        .raises(
                                                "a table with both list items and names, a list with"
                                                        + " holes, a function, NaN or an infinity, more"
                                                        + " than 64 levels")
                                        .does(
                                                "local body = json.encode({msisdn = \"27761485722\","
                                                        + " amount = 12.5})",
                                                this::encode))
                .function(
                        "decode",
                        "Reads one JSON value. A null field of an object is left out; a null in an"
                                + " array is json.null, so that what follows keeps its place. A whole"
                                + " number too large to be exact stays a string of its digits.",
                        f ->
                                f.takes("text", STRING, "the JSON")
                                        .mayTake(
                                                "options",
                                                TABLE,
                                                "decimals: true reads each number with a fraction or"
                                                        + " an exponent as a decimal, and each whole"
                                                        + " one too large to be exact; false is the"
                                                        + " default")
                                        .withFields(List.of("decimals"))
                                        .returns(
                                                "the value; or nil and a message if the text is not JSON")
                                        .raises("an option of another name")
                                        .does(
                                                "local account ="
                                                        + " json.decode('{\"balance\":12.50}',"
                                                        + " {decimals = true})\n"
                                                        + "log.info(\"%s\", account.balance)",
                                                this::decode))
                .function(
                        "array",
                        "Marks a table as a list, so that it is written as an array even when empty.",
                        f ->
                                f.takes("list", TABLE, "the table, which is changed and returned")
                                        .returns("the table")
                                        .raises("the table has a protected metatable")
                                        .does(
                                                "local body = json.encode({items = json.array({})})",
                                                this::array))
                .build();
    }

    private @Nullable Object[] encode(Arguments a) {
        return Lua.values(a.state().newString(json.encode(a.state(), a.get(1), "json.encode")));
    }

    private @Nullable Object[] decode(Arguments a) {
        Json.Numbers numbers = decimals(a) ? Json.Numbers.DECIMAL : Json.Numbers.LUA;
        try {
            return Lua.values(json.decode(a.state(), a.string(1).toText(), numbers));
        } catch (Json.NotJson e) {
            if (a.state().isSecret(a.get(1))) {
                return Lua.values(null, a.state().newString("not JSON; a secret is not quoted"));
            }
            return Lua.values(null, a.state().newString(String.valueOf(e.getMessage())));
        }
    }

    private static boolean decimals(Arguments a) {
        if (a.isNil(2)) {
            return false;
        }
        LuaTable options = a.table(2);
        for (var e = options.next(null); e != null; e = options.next(e[0])) {
            if (!DECIMALS.equals(e[0]) || !(e[1] instanceof Boolean)) {
                throw new LuaError(
                        "json.decode: the option '"
                                + a.state().show(e[0])
                                + "': there is one, decimals, and it is true or false");
            }
        }
        return Lua.truthy(options.get(DECIMALS));
    }

    private @Nullable Object[] array(Arguments a) {
        LuaTable list = a.table(1);
        LuaTable present = list.metatable();
        if (present != null && present.get(LuaString.of("__metatable")) != null) {
            throw new LuaError("json.array: the table has a protected metatable");
        }
        list.setMetatable(json.array());
        return Lua.values(list);
    }
}
