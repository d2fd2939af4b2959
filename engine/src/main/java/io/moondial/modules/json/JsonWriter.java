package io.moondial.modules.json;

import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import java.io.StringWriter;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One value written as JSON. */
final class JsonWriter {
    private static final int MAX_DEPTH = 64;

    /** From here on not every whole number is one of the doubles. */
    private static final double EXACT_BELOW = 0x1p53;

    private final JsonFactory factory;
    private final LuaState state;
    private final Meter meter;
    private final JsonMarks marks;
    private final StringWriter text = new StringWriter();

    JsonWriter(JsonFactory factory, LuaState state, JsonMarks marks) {
        this.factory = factory;
        this.state = state;
        this.meter = state.meter();
        this.marks = marks;
    }

    String write(@Nullable Object value) {
        try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, value, 0);
        }
        return text.toString();
    }

    private void write(JsonGenerator json, @Nullable Object value, int depth) {
        meter.work(1);
        switch (value) {
            case null -> json.writeNull();
            case Boolean b -> json.writeBoolean(b);
            case Double d -> writeNumber(json, d);
            case LuaString s -> writeString(json, s);
            case LuaTable t -> writeTable(json, t, depth + 1);
            case Object other ->
                    throw new LuaError(
                            "json.encode: a " + Lua.typeName(other) + " has no form in JSON");
        }
    }

    private static void writeNumber(JsonGenerator json, double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new LuaError("json.encode: NaN and infinities have no form in JSON");
        }
        if (number == Math.rint(number) && Math.abs(number) <= EXACT_BELOW) {
            json.writeNumber((long) number);
        } else {
            json.writeNumber(new BigDecimal(Double.toString(number)));
        }
    }

    private void writeString(JsonGenerator json, LuaString string) {
        meter.work(string.length() >> 3);
        if (text.getBuffer().length() + string.length() > meter.maxStringLength()) {
            json.flush();
            meter.string((long) text.getBuffer().length() + string.length());
        }
        json.writeString(string.toText());
    }

    private void writeTable(JsonGenerator json, LuaTable table, int depth) {
        if (table == marks.nothing()) {
            json.writeNull();
            return;
        }
        if (depth > MAX_DEPTH) {
            throw new LuaError(
                    "json.encode: more than "
                            + MAX_DEPTH
                            + " levels, or a table that contains itself");
        }
        boolean empty = table.next(null) == null;
        if (table.length() > 0 || (empty && table.metatable() == marks.array())) {
            writeArray(json, table, depth);
        } else {
            writeObject(json, table, depth);
        }
    }

    private void writeArray(JsonGenerator json, LuaTable table, int depth) {
        refuseNames(table);
        json.writeStartArray();
        for (int i = 1; i <= table.length(); i++) {
            @Nullable Object item = table.get(i);
            if (item == null) {
                throw new LuaError(
                        "json.encode: a list with a hole at " + i + "; json.null fills it");
            }
            write(json, item, depth);
        }
        json.writeEndArray();
    }

    private void refuseNames(LuaTable table) {
        if (table.length() == 0) {
            return;
        }
        @Nullable Object @Nullable [] beyond = table.next((double) table.length());
        if (beyond != null) {
            throw new LuaError(
                    "json.encode: a table with list items and also the key '"
                            + state.show(beyond[0])
                            + "'; JSON has arrays and objects, not both in one");
        }
    }

    private void writeObject(JsonGenerator json, LuaTable table, int depth) {
        json.writeStartObject();
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            if (!(e[0] instanceof LuaString name)) {
                throw new LuaError(
                        "json.encode: the key "
                                + state.show(e[0])
                                + " of an object; names must be strings, lists have 1 to n");
            }
            json.writeName(name.toText());
            write(json, e[1], depth);
        }
        json.writeEndObject();
    }
}
