package io.moondial.script.stdlib;

import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The well-known names that scripts do not have: those of Lua 5.2 that are left out, and those of
 * other versions and hosts of Lua. Libraries look for them to see where they run, so each reads as
 * nil. An error that comes of one says what there is instead.
 */
public final class AbsentNames {
    private static final String FILES = "a script cannot use files";
    private static final String PROCESS = "a script cannot reach its host";
    private static final String COMPILED = "compiled code cannot be checked; load takes text";
    private static final String PATHS = "require finds the modules of the script folder";
    private static final String ELSEWHERE = "no script runs in that host";

    private static final String REACHES_IN = "it reaches into other functions and values";
    private static final List<String> OF_DEBUG =
            List.of(
                    "debug",
                    "gethook",
                    "getlocal",
                    "getmetatable",
                    "getregistry",
                    "getuservalue",
                    "sethook",
                    "setlocal",
                    "setmetatable",
                    "setuservalue",
                    "upvalueid");

    /** Of Lua 5.2, by name as a script writes it: why it is left out. */
    private static final Map<String, String> LEFT_OUT = leftOutByName();

    /** Of other versions and hosts: what there is in its place. */
    private static final Map<String, String> OF_OTHERS = ofOthersByName();

    private AbsentNames() {}

    private static Map<String, String> leftOutByName() {
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("collectgarbage", "the engine manages memory; max_memory limits a script");
        for (String name : OF_DEBUG) {
            reasons.put("debug." + name, REACHES_IN);
        }
        reasons.put("dofile", PATHS);
        reasons.put("io", FILES);
        reasons.put("loadfile", PATHS);
        reasons.put("os.difftime", "times are numbers of seconds: subtract them");
        reasons.put("os.execute", PROCESS);
        reasons.put("os.exit", "return ends a script, and error ends it as a failure");
        reasons.put("os.getenv", "the rule's globals configure a script");
        reasons.put("os.remove", FILES);
        reasons.put("os.rename", FILES);
        reasons.put("os.setlocale", "scripts always run in the \"C\" locale");
        reasons.put("os.tmpname", FILES);
        reasons.put("package.loadlib", PROCESS);
        reasons.put("package.searchers", PATHS);
        reasons.put("package.searchpath", PATHS);
        reasons.put("string.dump", COMPILED);
        return Collections.unmodifiableMap(reasons);
    }

    private static Map<String, String> ofOthersByName() {
        Map<String, String> instead = new LinkedHashMap<>();
        instead.put("arg", "a script gets its request as '...'");
        instead.put("bit", "Lua 5.2 has bit32");
        instead.put("gcinfo", "the engine manages memory");
        instead.put("getfenv", "Lua 5.2 has _ENV");
        instead.put("jit", "scripts do not run in LuaJIT");
        instead.put("loadstring", "Lua 5.2 has load");
        instead.put("love", ELSEWHERE);
        instead.put("module", "a module is a table that its file returns");
        instead.put("newproxy", "a table with a metatable does the same");
        instead.put("ngx", ELSEWHERE);
        instead.put("setfenv", "Lua 5.2 has _ENV; load takes an environment");
        instead.put("unpack", "Lua 5.2 has table.unpack");
        instead.put("utf8", "Lua 5.2 has no utf8; ussd.length counts what a text takes on the air");
        instead.put("warn", "log.warn writes to the log");
        instead.put("math.log10", "Lua 5.2 has math.log(x, 10)");
        instead.put("math.mod", "Lua 5.2 has math.fmod");
        instead.put("math.tointeger", "Lua 5.2 has one type of number: math.floor");
        instead.put("math.type", "Lua 5.2 has one type of number");
        instead.put("math.ult", "Lua 5.2 has no integers; bit32 has 32 bits");
        instead.put("string.gfind", "Lua 5.2 has string.gmatch");
        instead.put("string.pack", "string.char and bit32 make octets");
        instead.put("string.split", "for part in s:gmatch(\"[^,]+\") does it");
        instead.put("string.trim", "s:match(\"^%s*(.-)%s*$\") does it");
        instead.put("string.unpack", "string.byte and bit32 read octets");
        instead.put("table.foreach", "for with pairs does it");
        instead.put("table.foreachi", "for with ipairs does it");
        instead.put("table.getn", "Lua 5.2 has #t");
        instead.put("table.maxn", "Lua 5.2 has #t; a loop over pairs finds the largest key");
        instead.put("table.move", "a loop moves the items");
        instead.put("table.setn", "Lua 5.2 has none: a list ends where its items do");
        return Collections.unmodifiableMap(instead);
    }

    /** What of Lua 5.2 is left out, as a script writes it, each with the reason. */
    public static Map<String, String> leftOut() {
        return LEFT_OUT;
    }

    /** The names of other versions and hosts of Lua, each with what there is in its place. */
    public static Map<String, String> ofOthers() {
        return OF_OTHERS;
    }

    /**
     * What is to be said of one of the names when it is used as if it were there; null for any
     * other.
     */
    public static @Nullable String message(String name) {
        String reason = LEFT_OUT.get(name);
        if (reason != null) {
            return "'" + name + "' is left out in this release: " + reason;
        }
        String instead = OF_OTHERS.get(name);
        return instead == null ? null : "'" + name + "' is not in Lua 5.2: " + instead;
    }

    /** All of them by name, each with its reason, as Lua values. */
    static LuaTable table() {
        LuaTable reasons = LuaTable.unmetered();
        LEFT_OUT.forEach((name, reason) -> reasons.set(name, LuaString.of(reason)));
        OF_OTHERS.forEach((name, reason) -> reasons.set(name, LuaString.of(reason)));
        return reasons.seal("the names that are not there");
    }
}
