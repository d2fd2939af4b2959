package io.moondial.modules.json;

import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** One JSON text read as a value. */
final class JsonReader {
    /** The text is not JSON. */
    static final class NotJson extends Exception {
        private static final long serialVersionUID = 1L;

        NotJson(String message) {
            super(message, null, false, false);
        }
    }

    private static final int MAX_DEPTH = 64;
    private static final BigInteger EXACT_TO = BigInteger.ONE.shiftLeft(53);

    private final JsonFactory factory;
    private final LuaState state;
    private final JsonMarks marks;

    JsonReader(JsonFactory factory, LuaState state, JsonMarks marks) {
        this.factory = factory;
        this.state = state;
        this.marks = marks;
    }

    @Nullable Object read(LuaString text) throws NotJson {
        try (JsonParser json = factory.createParser(ObjectReadContext.empty(), text.toText())) {
            if (json.nextToken() == null) {
                throw new NotJson("no JSON: the text is empty");
            }
            @Nullable Object value = value(json, 0);
            if (json.nextToken() != null) {
                throw new NotJson("more after the end of the JSON value" + place(json));
            }
            return value;
        } catch (JacksonException e) {
            throw new NotJson("not JSON: " + e.getOriginalMessage() + place(e));
        }
    }

    private static String place(JsonParser json) {
        return " (column " + json.currentTokenLocation().getColumnNr() + ")";
    }

    private static String place(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : " (line "
                        + e.getLocation().getLineNr()
                        + ", column "
                        + e.getLocation().getColumnNr()
                        + ")";
    }

    private @Nullable Object value(JsonParser json, int depth) throws NotJson {
        state.meter().work(1);
        return switch (json.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> state.newString(json.getString());
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_NUMBER_INT -> whole(json.getBigIntegerValue());
            case START_ARRAY -> array(json, deeper(depth));
            case START_OBJECT -> object(json, deeper(depth));
            case null, default -> throw new NotJson("not JSON" + place(json));
        };
    }

    private static int deeper(int depth) throws NotJson {
        if (depth == MAX_DEPTH) {
            throw new NotJson("more than " + MAX_DEPTH + " levels");
        }
        return depth + 1;
    }

    private Object whole(BigInteger number) {
        return number.abs().compareTo(EXACT_TO) <= 0
                ? (Object) number.doubleValue()
                : state.newString(number.toString());
    }

    private LuaTable array(JsonParser json, int depth) throws NotJson {
        LuaTable list = state.newTable();
        list.setMetatable(marks.array());
        int size = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            @Nullable Object item = value(json, depth);
            list.set(++size, item == null ? marks.nothing() : item);
        }
        return list;
    }

    private LuaTable object(JsonParser json, int depth) throws NotJson {
        LuaTable fields = state.newTable();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            LuaString name = state.newString(json.currentName());
            json.nextToken();
            fields.set(name, value(json, depth));
        }
        return fields;
    }
}
