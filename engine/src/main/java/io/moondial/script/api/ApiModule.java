package io.moondial.script.api;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.stdlib.UndefinedGlobal.NearName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Functions that operators find under one name, by {@code require}, and most often as a global too.
 */
public final class ApiModule {
    private final String name;
    private final String summary;
    private final List<ApiFunction> functions;
    private final List<Value> values;
    private final Map<String, LuaFunction> globals;
    private final @Nullable ApiFunction called;
    private final boolean decimals;
    private final @Nullable Backend<?, ?> backend;
    private final @Nullable PartInLua partInLua;
    private final boolean global;
    private final Map<String, String> elsewhere;
    private final Map<String, WhenRequired> whenRequired;
    private final LuaTable table;

    /** A global that is there once the module has been required. */
    @FunctionalInterface
    public interface WhenRequired {
        /** Its value in this run; null: it reads as nil. */
        @Nullable Object value(HostCall call);
    }

    /** A field that is not a function, and what it stands for. */
    public record Value(String name, String meaning) {}

    /**
     * The part of a module that is written in Lua.
     *
     * @param source a chunk that returns a table of functions. It runs once for each script that
     *     needs it, with global names of its own, which are Lua's and the modules'
     * @param natives what it is called with
     */
    public record PartInLua(String source, List<Object> natives) {
        public PartInLua {
            natives = List.copyOf(natives);
        }
    }

    private ApiModule(Builder builder) {
        this.name = builder.name;
        this.summary = builder.summary;
        this.functions = List.copyOf(builder.functions);
        this.values = List.copyOf(builder.values);
        this.globals = Map.copyOf(builder.globals);
        this.called = builder.called;
        this.decimals = builder.decimals;
        this.backend = builder.backend;
        this.partInLua = builder.partInLua;
        this.global = builder.global;
        this.elsewhere = Collections.unmodifiableMap(new TreeMap<>(builder.elsewhere));
        this.whenRequired = Collections.unmodifiableMap(new TreeMap<>(builder.whenRequired));
        this.table = builder.table.seal(name);
    }

    public String name() {
        return name;
    }

    /** What the functions are for, in a sentence or two. */
    public String summary() {
        return summary;
    }

    public List<ApiFunction> functions() {
        return functions;
    }

    /** What a call of the module itself does, by its own name; null: it cannot be called. */
    public @Nullable ApiFunction called() {
        return called;
    }

    /** Whether the functions are the methods of decimals. */
    public boolean hasMethodsOfDecimals() {
        return decimals;
    }

    /** The fields that are not functions. */
    public List<Value> values() {
        return values;
    }

    /** The read-only table that scripts share. */
    public LuaTable table() {
        return table;
    }

    /** The functions that are globals beside the module, by name. */
    public Map<String, LuaFunction> globals() {
        return globals;
    }

    /** What stands behind the functions while an engine runs; null: nothing. */
    public @Nullable Backend<?, ?> backend() {
        return backend;
    }

    /** The word that lines of dialog tests begin with which check it; empty: none do. */
    public Optional<String> checkWord() {
        return Optional.ofNullable(backend).map(it -> it.checkWord(name));
    }

    /** What of it is written in Lua; null: nothing. */
    public @Nullable PartInLua partInLua() {
        return partInLua;
    }

    /** Whether its name is a global; if not, scripts have it by {@code require} only. */
    public boolean isGlobal() {
        return global;
    }

    /**
     * The names that scripts of another host look for in this module, or as modules below it, each
     * with what there is instead.
     */
    public Map<String, String> elsewhere() {
        return elsewhere;
    }

    /** The globals that a script has once it has required the module, by name. */
    public Map<String, WhenRequired> globalsWhenRequired() {
        return whenRequired;
    }

    /** All that scripts reach because of this module, as they write it. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(globals.keySet());
        names.add(name);
        functions.forEach(function -> names.add(function.qualifiedName()));
        values.forEach(value -> names.add(name + "." + value.name()));
        return names;
    }

    /** Begins a module. */
    public static Builder of(String name, String summary) {
        return new Builder(name, summary);
    }

    /** A module in the making. */
    public static final class Builder {
        private final String name;
        private final String summary;
        private final List<ApiFunction> functions = new ArrayList<>();
        private final List<Value> values = new ArrayList<>();
        private final Map<String, LuaFunction> globals = new TreeMap<>();
        private final LuaTable table = LuaTable.unmetered();
        private @Nullable ApiFunction called;
        private boolean decimals;
        private @Nullable Backend<?, ?> backend;
        private @Nullable PartInLua partInLua;
        private boolean global = true;
        private final Map<String, String> elsewhere = new TreeMap<>();
        private final Map<String, WhenRequired> whenRequired = new TreeMap<>();

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        /** Adds a function. */
        public Builder function(
                String function,
                String what,
                Function<ApiFunction.Builder, ApiFunction> description) {
            ApiFunction added = description.apply(ApiFunction.of(name, function, what));
            functions.add(added);
            table.set(function, added.toLua());
            return this;
        }

        /** Makes the module itself a function, called by its own name. */
        public Builder called(String what, Function<ApiFunction.Builder, ApiFunction> description) {
            called = description.apply(ApiFunction.of("", name, what));
            return this;
        }

        /** The functions are the methods of decimals too. */
        public Builder methodsOfDecimals() {
            decimals = true;
            return this;
        }

        /** Adds a value that is not a function. */
        public Builder value(String field, String meaning, Object value) {
            values.add(new Value(field, meaning));
            table.set(field, value);
            return this;
        }

        /** Adds a function that is a global, beside the module. */
        public Builder global(String function, ApiFunction.HostBody body) {
            globals.put(
                    function,
                    new NativeFunction(function, a -> body.call(a, a.context(HostCall.class))));
            return this;
        }

        /** What stands behind the functions while an engine runs. */
        public Builder backedBy(Backend<?, ?> what) {
            this.backend = what;
            return this;
        }

        /** The functions that are described as written in Lua are in this chunk. */
        public Builder inLua(PartInLua part) {
            this.partInLua = part;
            return this;
        }

        /** Scripts have it by {@code require} only: a name with dots can be no global. */
        public Builder byRequireOnly() {
            global = false;
            return this;
        }

        /**
         * A name that scripts of another host look for in it, or as a module below it. It is not
         * there, and the error says what is.
         */
        public Builder elsewhere(String name, String instead) {
            elsewhere.put(name, instead);
            return this;
        }

        /** A global that is there once the module has been required. */
        public Builder whenRequired(String name, WhenRequired value) {
            whenRequired.put(name, value);
            return this;
        }

        public ApiModule build() {
            table.setMetatable(metatable());
            return new ApiModule(this);
        }

        private LuaTable metatable() {
            LuaTable metatable = LuaTable.unmetered();
            // reading a field that is not there is a misspelling too
            metatable.set("__index", new NativeFunction("__index", this::unknown));
            if (called != null) {
                metatable.set("__call", called.toLuaOfObject());
            }
            metatable.set("__metatable", false);
            return metatable.seal("the metatable of " + name);
        }

        private @Nullable Object[] unknown(Arguments a) {
            String field = a.state().show(a.get(2));
            String instead = elsewhere.get(field);
            throw new LuaError(
                    "'"
                            + name
                            + "' has no '"
                            + field
                            + "'"
                            + (instead == null
                                    ? NearName.question(table, field, a.meter())
                                    : ": " + instead));
        }
    }
}
