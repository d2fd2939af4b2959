package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** What holds of every Lua value: its type's name, its truth, its raw equality. */
public final class Lua {
    /** No values: what a function returns that returns nothing. */
    static final @Nullable Object[] NONE = new @Nullable Object[0];

    private Lua() {}

    /**
     * The type's name as Lua's {@code type} gives it: one of those of Lua 5.2, where a value of the
     * host's is "userdata".
     */
    public static String type(@Nullable Object value) {
        return value instanceof LuaDecimal ? "userdata" : typeName(value);
    }

    /** The type's name for messages. */
    public static String typeName(@Nullable Object value) {
        return switch (value) {
            case null -> "nil";
            case Boolean b -> "boolean";
            case Double d -> "number";
            case LuaString s -> "string";
            case LuaTable t -> "table";
            case LuaFunction f -> "function";
            case Coroutine c -> "thread";
            case LuaDecimal d -> "decimal";
            case Object other ->
                    throw new IllegalArgumentException("not a Lua value: " + other.getClass());
        };
    }

    /** Whether the value counts as true: all do but nil and false. */
    public static boolean truthy(@Nullable Object value) {
        return value != null && !Boolean.FALSE.equals(value);
    }

    /**
     * Whether two values are equal without metamethods (Lua 5.2 manual 3.4.3). A decimal equals the
     * number that is exactly the same.
     */
    public static boolean rawEquals(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Double x) {
            return b instanceof Double y
                    ? x.doubleValue() == y.doubleValue()
                    : b instanceof LuaDecimal decimal && decimal.sameAs(x);
        }
        if (a instanceof LuaDecimal decimal) {
            return decimal.sameAs(b);
        }
        return a == null ? b == null : a.equals(b);
    }

    /**
     * A value for a message: a string, a number or a decimal itself, the type of others. No
     * metamethod is called. If the value may belong to a script, {@link LuaState#show} keeps
     * secrets.
     */
    public static String show(@Nullable Object value) {
        LuaString text = Numbers.textFrom(value);
        return text == null ? "a " + typeName(value) : text.toText();
    }

    /** The values given, as results. */
    public static @Nullable Object[] values(@Nullable Object... values) {
        return values;
    }

    /** No values. */
    public static @Nullable Object[] nothing() {
        return NONE;
    }

    /** A number of Java's as Lua's. */
    public static Double number(double value) {
        return value;
    }

    /** A text of Java's as Lua's, in UTF-8. */
    public static LuaString text(String value) {
        return LuaString.of(value);
    }
}
