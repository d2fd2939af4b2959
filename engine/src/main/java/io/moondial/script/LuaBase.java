package io.moondial.script;

import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.NativeFunction;
import io.moondial.script.stdlib.StandardLibrary;
import io.moondial.script.stdlib.UndefinedGlobal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What every script finds at its start: read-only, shared by all scripts of a host. */
final class LuaBase {
    private final List<ApiModule> modules;
    private final Set<String> taken;
    private final Map<String, String> secretOptions = new HashMap<>();
    private final LuaTable globals = LuaTable.unmetered();
    private final LuaTable globalMetatable;
    private final LuaTable stringMetatable;

    /** The names of a request's fields, made once: they are few, and the same in every dialog. */
    private final Map<String, LuaString> names = new ConcurrentHashMap<>();

    LuaBase(Compiler compiler, List<ApiModule> modules) {
        this.modules = List.copyOf(modules);
        this.taken = ScriptGlobals.taken(modules);
        StandardLibrary library = new StandardLibrary(compiler);
        library.addTo(globals);
        for (ApiModule module : modules) {
            globals.set(module.name(), module.table());
            module.functions().forEach(this::noteSecrets);
            module.globals().forEach(globals::set);
        }
        globals.set("require", new NativeFunction("require", this::require));
        AllowList.check(globals, modules);
        globals.seal("_G");
        this.globalMetatable = UndefinedGlobal.metatable();
        this.stringMetatable = library.stringMetatable();
    }

    private void noteSecrets(ApiFunction function) {
        String option = function.secretOption();
        if (option != null) {
            secretOptions.put(function.qualifiedName(), option);
        }
    }

    /** The functions whose result may be secret, each with the option that makes it so. */
    Map<String, String> secretOptions() {
        return secretOptions;
    }

    /** The modules that operators call, for their reference. */
    List<ApiModule> modules() {
        return modules;
    }

    /** Whether {@code require} finds a built-in module of this name. */
    boolean hasModule(String name) {
        return globals.get(LuaString.of(name)) instanceof LuaTable;
    }

    /** The names of all globals that every script has. */
    Set<String> globalNames() {
        return namesIn(globals);
    }

    /** Whether every script has a global of this name. */
    boolean isTaken(String name) {
        return taken.contains(name);
    }

    /** The fields of a library or module; null where there is none of this name. */
    @Nullable Set<String> fieldsOf(String library) {
        return globals.get(LuaString.of(library)) instanceof LuaTable table ? namesIn(table) : null;
    }

    /** Whether a name is that of a module of ours, and of no library of Lua's. */
    boolean isApi(String name) {
        return modules.stream().anyMatch(module -> module.name().equals(name));
    }

    private static Set<String> namesIn(LuaTable table) {
        Set<String> names = new TreeSet<>();
        for (var e = table.next(null); e != null; e = table.next(e[0])) {
            names.add(Lua.show(e[0]));
        }
        return names;
    }

    /** A request field's name as a value. */
    LuaString name(String field) {
        return names.computeIfAbsent(field, LuaString::of);
    }

    LuaState newState(Meter meter, Object context) {
        return new LuaState(meter, globals, globalMetatable, stringMetatable, context);
    }

    private @Nullable Object[] require(Arguments a) {
        if (globals.get(a.string(1)) instanceof LuaTable builtIn) {
            return Lua.values(builtIn);
        }
        return LoadedModules.require(a);
    }
}
