package io.moondial.script;

import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The global names that a rule gives its scripts, as Lua values: made once, shared by all runs.
 * Tables among them are read-only.
 */
public final class ScriptGlobals {
    /** No names. */
    public static final ScriptGlobals NONE = new ScriptGlobals(Map.of());

    private static final Map<String, String> OF_EACH_RUN = new LinkedHashMap<>();

    static {
        OF_EACH_RUN.put("SCRIPT_NAME", "the script's key");
        OF_EACH_RUN.put(
                "SCRIPT_VERSION",
                "8 hex digits that name the content of the script and of all modules that it may require");
        OF_EACH_RUN.put("INSTANCE_ID", "of this dialog, as in its records");
    }

    private final Map<LuaString, Object> values = new LinkedHashMap<>();

    /**
     * Takes over strings, numbers, booleans, lists and maps of such, as a YAML file gives them.
     *
     * @throws IllegalArgumentException if a value, or a key of a map, is of another type
     */
    public ScriptGlobals(Map<String, ?> values) {
        values.forEach((name, value) -> this.values.put(LuaString.of(name), lua(name, value)));
    }

    /** The globals that every script with these modules has already, which no rule can give. */
    public static Set<String> taken(List<ApiModule> modules) {
        Set<String> names = LuaBase.AllowList.globals(modules);
        names.addAll(OF_EACH_RUN.keySet());
        names.add("_G");
        return names;
    }

    /** The texts that are globals with another value in each run: what they are, by name. */
    public static Map<String, String> ofEachRun() {
        return Collections.unmodifiableMap(OF_EACH_RUN);
    }

    /**
     * What scripts have of Lua's own library: global names, and the fields of its tables behind
     * their names and a dot, such as {@code os.time}.
     */
    public static Set<String> ofLua() {
        return LuaBase.AllowList.OF_LUA;
    }

    void forEach(BiConsumer<LuaString, Object> action) {
        values.forEach(action);
    }

    private static Object lua(String name, @Nullable Object value) {
        return switch (value) {
            case String s -> LuaString.of(s);
            case Boolean b -> b;
            case Number n -> Lua.number(n.doubleValue());
            case List<?> items -> list(name, items);
            case Map<?, ?> fields -> map(name, fields);
            case null -> throw new IllegalArgumentException(name + " has no value");
            case Object other ->
                    throw new IllegalArgumentException(
                            name
                                    + " is a "
                                    + other.getClass().getSimpleName()
                                    + "; allowed are strings, numbers, booleans, lists and maps");
        };
    }

    private static LuaTable list(String name, List<?> items) {
        LuaTable table = LuaTable.unmetered();
        for (int i = 0; i < items.size(); i++) {
            table.set(i + 1, lua(name + "[" + (i + 1) + "]", items.get(i)));
        }
        return table.seal(name);
    }

    private static LuaTable map(String name, Map<?, ?> fields) {
        LuaTable table = LuaTable.unmetered();
        fields.forEach((key, value) -> table.set(lua(name, key), lua(name + "." + key, value)));
        return table.seal(name);
    }
}
