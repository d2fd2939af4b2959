package io.moondial.script;

import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaTable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that a script can reach at its start, by name: of Lua's own what stands here, and what the
 * modules describe. A host whose tables hold one name more or less does not start: nothing gets
 * before a script by an oversight elsewhere.
 */
final class AllowList {
    /** Names of {@code _G}, and fields of its tables, without the modules. */
    private static final String NAMES =
            """
            _VERSION assert error getmetatable ipairs load next pairs pcall rawequal rawget rawlen rawset require select setmetatable tonumber tostring type xpcall

            bit32 bit32.arshift bit32.band bit32.bnot bit32.bor bit32.btest bit32.bxor bit32.extract
            bit32.lrotate bit32.lshift bit32.replace bit32.rrotate bit32.rshift

            math math.abs math.acos math.asin math.atan math.atan2 math.ceil math.cos math.cosh
            math.deg math.exp math.floor math.fmod math.frexp math.huge math.ldexp math.log math.max
            math.min math.modf math.pi math.pow math.rad math.random math.randomseed math.sin
            math.sinh math.sqrt math.tan math.tanh

            os os.clock os.date os.time

            string string.byte string.char string.find string.format string.gmatch string.gsub
            string.len string.lower string.match string.rep string.reverse string.sub string.upper

            table table.concat table.insert table.pack table.remove table.sort table.unpack
            """;

    private static final Set<String> OF_LUA = Set.of(NAMES.strip().split("\\s+"));

    private AllowList() {}

    /** What a script that has these modules reaches by one name alone. */
    static Set<String> globals(List<ApiModule> modules) {
        Set<String> names = all(modules);
        names.removeIf(name -> name.indexOf('.') >= 0);
        return names;
    }

    private static Set<String> all(List<ApiModule> modules) {
        Set<String> names = new TreeSet<>(OF_LUA);
        modules.forEach(module -> names.addAll(module.names()));
        return names;
    }

    /**
     * Compares what scripts would get with what they may have.
     *
     * @throws IllegalStateException where they differ
     */
    static void check(LuaTable globals, List<ApiModule> modules) {
        Set<String> allowed = all(modules);
        Set<String> present = new TreeSet<>();
        collect(globals, "", present);
        if (!present.equals(allowed)) {
            Set<String> missing = new TreeSet<>(allowed);
            missing.removeAll(present);
            present.removeAll(allowed);
            throw new IllegalStateException(
                    "scripts would reach "
                            + present
                            + ", not on the allow-list; missing "
                            + missing);
        }
    }

    private static void collect(LuaTable table, String prefix, Set<String> names) {
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            String name = prefix + Lua.show(e[0]);
            names.add(name);
            if (prefix.isEmpty() && e[1] instanceof LuaTable library) {
                collect(library, name + ".", names);
            }
        }
    }
}
