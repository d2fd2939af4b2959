package io.starhash.script.api;

import io.starhash.script.lua.LuaTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Functions that operators find under one name, by {@code require} or as a global. */
public final class ApiModule {
    private final String name;
    private final String summary;
    private final List<ApiFunction> functions;
    private final LuaTable table;

    private ApiModule(String name, String summary, List<ApiFunction> functions, LuaTable table) {
        this.name = name;
        this.summary = summary;
        this.functions = List.copyOf(functions);
        this.table = table;
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

    /** The read-only table that scripts share. */
    public LuaTable table() {
        return table;
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
        private final LuaTable table = LuaTable.unmetered();

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

        /** Adds a value that is not a function. */
        public Builder value(String field, Object value) {
            table.set(field, value);
            return this;
        }

        public ApiModule build() {
            return new ApiModule(name, summary, functions, table.seal(name));
        }
    }
}
