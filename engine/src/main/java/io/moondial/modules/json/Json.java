package io.moondial.modules.json;

import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaDecimal;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON (RFC 8259) to Lua values and back, for all modules: one instance, so that {@code json.null}
 * is the same value wherever it comes from. Scripts pay for what they have read and written.
 */
public final class Json {
    /**
     * A text is not JSON, or is JSON that scripts cannot have. The message says what, and where.
     */
    public static final class NotJson extends Exception {
        private static final long serialVersionUID = 1L;

        NotJson(String message) {
            super(message, null, false, false);
        }
    }

    /** What numbers are read as that a Lua number may not hold exactly. */
    public enum Numbers {
        /** Those with a fraction as the nearest Lua number, whole ones beyond 2^53 as strings. */
        LUA,
        /** Decimals: all with a fraction or an exponent, and whole ones beyond 2^53. */
        DECIMAL
    }

    private static final int MAX_DEPTH = 64;

    /** Up to here each whole number is one of the doubles. */
    private static final double EXACT_TO = 0x1p53;

    private static final BigInteger ALL_EXACT_TO = BigInteger.ONE.shiftLeft(53);

    // without the cache of names: it is shared, and scripts read names that others make up
    private final JsonFactory factory =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build();

    private final LuaTable nothing = LuaTable.unmetered();
    private final LuaTable array = LuaTable.unmetered();

    /** Makes an instance; all scripts of a host share it. */
    public Json() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__metatable", false);
        metatable.set(
                "__tostring", new NativeFunction("json.null", a -> Lua.values(Lua.text("null"))));
        nothing.setMetatable(metatable.seal("json.null"));
        nothing.seal("json.null");
        array.seal("json array");
    }

    /** What stands for null where nil cannot: {@code json.null}. */
    public LuaTable nothing() {
        return nothing;
    }

    /** The metatable of a table that is an array even if it is empty. */
    public LuaTable array() {
        return array;
    }

    /**
     * Writes a value on one line.
     *
     * @param function what the script called, for messages
     * @throws LuaError if the value has no form in JSON
     */
    public String encode(LuaState state, @Nullable Object value, String function) {
        return new Writer(state, function).write(value);
    }

    /**
     * Reads one value; null is nil, in an array {@link #nothing}.
     *
     * @throws NotJson if the text is not one JSON value
     */
    public @Nullable Object decode(LuaState state, String text) throws NotJson {
        return decode(state, text, Numbers.LUA);
    }

    /**
     * The same, with a choice of what numbers are read as.
     *
     * @throws NotJson if the text is not one JSON value
     */
    public @Nullable Object decode(LuaState state, String text, Numbers numbers) throws NotJson {
        state.meter().work(text.length() >> 2);
        return new Reader(state, numbers).read(text);
    }

    /** One value written as JSON. */
    private final class Writer {
        private final LuaState state;
        private final Meter meter;
        private final String function;
        private final StringWriter text = new StringWriter();

        Writer(LuaState state, String function) {
            this.state = state;
            this.meter = state.meter();
            this.function = function;
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
                case LuaDecimal d -> {
                    meter.work(d.text().length() >> 3);
                    json.writeNumber(d.toString());
                }
                case LuaString s -> writeString(json, s);
                case LuaTable t -> writeTable(json, t, depth + 1);
                case Object other ->
                        throw error("a " + Lua.typeName(other) + " has no form in JSON");
            }
        }

        private LuaError error(String what) {
            return new LuaError(function + ": " + what);
        }

        private void writeNumber(JsonGenerator json, double number) {
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw error("NaN and infinities have no form in JSON");
            }
            if (number == Math.rint(number) && Math.abs(number) <= EXACT_TO) {
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
            if (table == nothing) {
                json.writeNull();
                return;
            }
            if (depth > MAX_DEPTH) {
                throw error("more than " + MAX_DEPTH + " levels, or a table that contains itself");
            }
            boolean empty = table.next(null) == null;
            if (table.length() > 0 || (empty && table.metatable() == array)) {
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
                    throw error("a list with a hole at " + i + "; json.null fills it");
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
                throw error(
                        "a table with list items and also the key '"
                                + state.show(beyond[0])
                                + "'; JSON has arrays and objects, not both in one");
            }
        }

        private void writeObject(JsonGenerator json, LuaTable table, int depth) {
            json.writeStartObject();
            for (var e = table.next(null); e != null; e = table.next(e[0])) {
                if (!(e[0] instanceof LuaString name)) {
                    throw error(
                            "the key "
                                    + state.show(e[0])
                                    + " of an object; names must be strings, lists have 1 to n");
                }
                json.writeName(name.toText());
                write(json, e[1], depth);
            }
            json.writeEndObject();
        }
    }

    /** One JSON text read as a value. */
    private final class Reader {
        private final LuaState state;
        private final boolean decimals;

        Reader(LuaState state, Numbers numbers) {
            this.state = state;
            this.decimals = numbers == Numbers.DECIMAL;
        }

        @Nullable Object read(String text) throws NotJson {
            try (JsonParser json = factory.createParser(ObjectReadContext.empty(), text)) {
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
                case VALUE_NUMBER_FLOAT ->
                        decimals ? decimal(json, fraction(json)) : json.getDoubleValue();
                case VALUE_NUMBER_INT -> whole(json, json.getBigIntegerValue());
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

        private Object whole(JsonParser json, BigInteger number) throws NotJson {
            if (number.abs().compareTo(ALL_EXACT_TO) <= 0) {
                return number.doubleValue();
            }
            return decimals
                    ? decimal(json, new BigDecimal(number))
                    : state.newString(number.toString());
        }

        private static BigDecimal fraction(JsonParser json) throws NotJson {
            try {
                return json.getDecimalValue();
            } catch (NumberFormatException e) {
                // the parser lets through what BigDecimal says of an exponent beyond an int
                throw tooManyDigits(json);
            }
        }

        private LuaDecimal decimal(JsonParser json, BigDecimal number) throws NotJson {
            if (!LuaDecimal.fits(number)) {
                throw tooManyDigits(json);
            }
            return state.newDecimal(number);
        }

        private static NotJson tooManyDigits(JsonParser json) {
            return new NotJson(
                    "a number of more than "
                            + LuaDecimal.MAX_DIGITS
                            + " digits before and after the point together, which no decimal has"
                            + place(json));
        }

        private LuaTable array(JsonParser json, int depth) throws NotJson {
            LuaTable list = state.newTable();
            list.setMetatable(array);
            int size = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                @Nullable Object item = value(json, depth);
                list.set(++size, item == null ? nothing : item);
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
}
