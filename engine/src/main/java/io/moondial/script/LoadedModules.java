package io.moondial.script;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaState;
import io.moondial.script.stdlib.LeftOut;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The modules that one run has required so far, each with what it returned. */
final class LoadedModules {
    private final Script script;
    private static final int FEW = 4;

    // most scripts require no module, and many wait at once: nothing is made before it is needed
    private Map<String, Object> loaded = Map.of();
    private Set<String> loading = Set.of();

    LoadedModules(Script script) {
        this.script = script;
    }

    /** Lua's {@code require} for a module that is not built in. */
    static @Nullable Object[] require(Arguments a) {
        return Lua.values(
                a.context(RunningScript.class).modules().get(a.openText(1, "name"), a.state()));
    }

    private Object get(String name, LuaState state) {
        Object known = loaded.get(name);
        if (known != null) {
            return known;
        }
        FunctionCode code = ScriptFolder.isName(name) ? script.modules().get(name) : null;
        if (code == null) {
            throw new LuaError(notFound(name));
        }
        prepare();
        if (!loading.add(name)) {
            throw new LuaError(
                    "modules that require each other: "
                            + String.join(" -> ", loading)
                            + " -> "
                            + name);
        }
        try {
            Object module = load(name, code, state);
            loaded.put(name, module);
            return module;
        } finally {
            loading.remove(name);
        }
    }

    private void prepare() {
        if (loaded.isEmpty() && loading.isEmpty()) {
            loaded = HashMap.newHashMap(FEW);
            loading = LinkedHashSet.newLinkedHashSet(FEW);
        }
    }

    private static Object load(String name, FunctionCode code, LuaState state) {
        @Nullable Object[] results = state.call(state.load(code, state.globals()), Lua.text(name));
        @Nullable Object module = results.length == 0 ? null : results[0];
        return module == null ? true : module;
    }

    /** What is said of a module that is not there. */
    static String notFound(String name) {
        String leftOut = LeftOut.message(name);
        if (leftOut != null) {
            return "module " + leftOut;
        }
        return ScriptFolder.isName(name)
                ? String.format(
                        "module '%s' not found: the script folder has no %s.lua and no lib/%s.lua,"
                                + " and it is not built in",
                        name, name, name)
                : String.format(
                        "module '%s' not found: a module's name has 1 to 64 of letters, digits, _ and"
                                + " -; no folders, no .lua",
                        name);
    }
}
