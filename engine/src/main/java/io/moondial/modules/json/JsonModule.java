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
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** The module {@code json}: text to values and back. */
public final class JsonModule {
    private final JsonMarks marks = new JsonMarks();

    // without the cache of names: it is shared, and scripts read names that others make up
    private final JsonFactory factory =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build();

    private JsonModule() {}

    /** Makes the module. */
    public static ApiModule create() {
        return new JsonModule().describe();
    }

    private ApiModule describe() {
        return ApiModule.of("json", "JSON (RFC 8259) to Lua values and back.")
                .value(
                        "null",
                        "stands for null if nil cannot: in a list, or for a field that must be written; compare with ==",
                        marks.nothing())
                .function(
                        "encode",
                        "Writes a value as JSON on one line. A table with the keys 1 to n is an array,"
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
                                        .returns(
                                                "the value; or nil and a message if the text is not JSON")
                                        .does(
                                                "local account ="
                                                        + " json.decode('{\"balance\":\"12.50\"}')\n"
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
        String text = new JsonWriter(factory, a.state(), marks).write(a.get(1));
        return Lua.values(a.state().newString(text));
    }

    private @Nullable Object[] decode(Arguments a) {
        LuaString text = a.string(1);
        a.meter().work(text.length() >> 2);
        try {
            return Lua.values(new JsonReader(factory, a.state(), marks).read(text));
        } catch (JsonReader.NotJson e) {
            return Lua.values(null, a.state().newString(String.valueOf(e.getMessage())));
        }
    }

    private @Nullable Object[] array(Arguments a) {
        LuaTable list = a.table(1);
        LuaTable present = list.metatable();
        if (present != null && present.get(LuaString.of("__metatable")) != null) {
            throw new LuaError("json.array: the table has a protected metatable");
        }
        list.setMetatable(marks.array());
        return Lua.values(list);
    }
}
