package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Lua has and scripts do not, by name: reading one of these says so, and what to do instead.
 * All else that is not in the library is simply not there.
 */
public final class RemovedFunctions {
    private static final String FILES = "a script cannot use files";
    private static final String PROCESS = "a script cannot reach its host";
    private static final String COMPILED = "compiled code cannot be checked; load takes text";
    private static final String PATHS = "require finds SCRIPT_DIR/x.lua and SCRIPT_DIR/lib/x.lua";

    /** By name, as a script writes it: why. */
    private static final Map<String, String> REASONS = reasonsByName();

    /** Names of other versions of Lua: what Lua 5.2 has in their place. */
    private static final Map<String, String> ELSEWHERE =
            Map.of(
                    "getfenv", "Lua 5.2 has _ENV",
                    "setfenv", "Lua 5.2 has _ENV; load takes an environment",
                    "loadstring", "Lua 5.2 has load",
                    "module", "a module is a table that its file returns",
                    "unpack", "Lua 5.2 has table.unpack",
                    "utf8", "Lua 5.2 has no utf8; ussd.length counts what a text takes on the air");

    private RemovedFunctions() {}

    private static Map<String, String> reasonsByName() {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("collectgarbage", "the engine manages memory; max_memory limits a script");
        reasons.put("coroutine", "a primitive that waits suspends the script");
        reasons.put("debug", "it can change other functions; use pcall and error");
        reasons.put("dofile", PATHS);
        reasons.put("io", FILES);
        reasons.put("loadfile", PATHS);
        reasons.put("package", PATHS);
        reasons.put("os.difftime", "times are numbers of seconds: subtract them");
        reasons.put("os.execute", PROCESS);
        reasons.put("os.exit", "return ends a script, and error ends it as a failure");
        reasons.put("os.getenv", "the rule's globals configure a script");
        reasons.put("os.remove", FILES);
        reasons.put("os.rename", FILES);
        reasons.put("os.setlocale", "scripts always run in the \"C\" locale");
        reasons.put("os.tmpname", FILES);
        reasons.put("string.dump", COMPILED);
        return Collections.unmodifiableMap(reasons);
    }

    /** What is left out, as a script writes it, each with the reason. */
    public static Map<String, String> reasons() {
        return REASONS;
    }

    /** What is to be said of a name that is left out, or of another Lua's; null for any other. */
    public static @Nullable String message(String name) {
        String reason = REASONS.get(name);
        if (reason != null) {
            return "'" + name + "' is left out in this release: " + reason;
        }
        String instead = ELSEWHERE.get(name);
        return instead == null ? null : "undefined global '" + name + "': " + instead;
    }

    /** The metatable of a library some of whose fields are left out. */
    static LuaTable metatable(String library) {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__index", new NativeFunction("__index", a -> read(library, a)));
        metatable.set("__metatable", false);
        return metatable.seal("the metatable of " + library);
    }

    private static @Nullable Object[] read(String library, Arguments a) {
        String message = a.get(2) instanceof LuaString s ? message(library + "." + s) : null;
        if (message != null) {
            throw new LuaError(message);
        }
        return Lua.values((Object) null);
    }
}
