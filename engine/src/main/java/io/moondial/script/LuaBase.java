package io.moondial.script;

import io.moondial.script.RunningScript.LoadedModules;
import io.moondial.script.ScriptCompilation.Unit;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.ApiModule.PartInLua;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Meter;
import io.moondial.script.lua.Outline;
import io.moondial.script.stdlib.AbsentNames;
import io.moondial.script.stdlib.StandardLibrary;
import io.moondial.script.stdlib.UndefinedGlobal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What every script finds at its start: read-only, shared by all scripts of a host. */
final class LuaBase {
    private static final LuaString JSON = LuaString.of("json");
    private static final LuaString DECODE = LuaString.of("decode");

    private final List<ApiModule> modules;
    private final Set<String> taken;
    private final Map<String, String> secretOptions = new HashMap<>();
    private final Map<String, ApiFunction> functions = new HashMap<>();
    private final LuaTable globals = LuaTable.unmetered();

    /** The modules that are no globals. */
    private final LuaTable byRequireOnly = LuaTable.unmetered();

    private final LuaTable globalMetatable;
    private final LuaTable stringMetatable;
    private final LuaTable decimalMetatable;

    /** What of modules is written in Lua, by their names. */
    private final Map<String, ShippedPart> shipped = new HashMap<>();

    /** The names of a request's fields, made once: they are few, and the same in every dialog. */
    private final Map<String, LuaString> names = new ConcurrentHashMap<>();

    LuaBase(Compiler compiler, List<ApiModule> modules) {
        this.modules = List.copyOf(modules);
        this.taken = ScriptGlobals.taken(modules);
        StandardLibrary library = new StandardLibrary(compiler);
        library.addTo(globals);
        for (ApiModule module : modules) {
            (module.isGlobal() ? globals : byRequireOnly).set(module.name(), module.table());
            module.functions().forEach(this::note);
            module.globals().forEach(globals::set);
            PartInLua part = module.partInLua();
            if (part != null) {
                FunctionCode code =
                        compiler.compileShipped(LuaString.of(part.source()), module.name());
                shipped.put(module.name(), new ShippedPart(code, part.natives()));
            }
        }
        globals.set("require", new NativeFunction("require", LuaBase::require));
        globals.set("package", packages());
        AllowList.check(List.of(globals, byRequireOnly), modules);
        globals.seal("_G");
        this.globalMetatable = UndefinedGlobal.metatable();
        this.stringMetatable = library.stringMetatable();
        this.decimalMetatable = decimalMetatable(modules);
    }

    /** A part of a module that is written in Lua, and what it is called with. */
    private record ShippedPart(FunctionCode code, List<Object> natives) {}

    /**
     * Runs the part of a module that is written in Lua, with global names of its own, and with
     * Lua's libraries as they are: what the script has changed in them is not seen.
     */
    LuaTable runShipped(String module, LuaState state) {
        ShippedPart part = Objects.requireNonNull(shipped.get(module), module);
        @Nullable Object[] results =
                state.withLibrariesUnchanged(
                        () ->
                                state.call(
                                        state.load(
                                                part.code(), LuaTable.over(globals, state.meter())),
                                        part.natives().toArray()));
        return (LuaTable) Objects.requireNonNull(results[0]);
    }

    /**
     * A value of JSON, as {@code json.decode} gives it, and charged as there.
     *
     * @param name of what it is, for the message
     * @throws LuaError if it is no JSON, or no script can have it
     */
    @Nullable Object decoded(LuaState state, String name, String json) {
        LuaTable module = (LuaTable) Objects.requireNonNull(globals.get(JSON), "json");
        @Nullable Object[] results = state.call(module.get(DECODE), state.newString(json));
        if (results.length > 1) {
            throw new LuaError("request." + name + ": " + state.show(results[1]));
        }
        return results[0];
    }

    /** What {@code x:round(2)} goes through. */
    private static LuaTable decimalMetatable(List<ApiModule> modules) {
        LuaTable metatable = LuaTable.unmetered();
        modules.stream()
                .filter(ApiModule::hasMethodsOfDecimals)
                .forEach(module -> metatable.set("__index", module.table()));
        metatable.set("__metatable", false);
        return metatable.seal("the metatable of decimals");
    }

    private void note(ApiFunction function) {
        functions.put(function.qualifiedName(), function);
        String option = function.secretOption();
        if (option != null) {
            secretOptions.put(function.qualifiedName(), option);
        }
    }

    /** What of all this the reading of a script's text needs. */
    Outline.Surroundings surroundings() {
        Set<String> callable =
                modules.stream()
                        .filter(it -> it.called() != null)
                        .map(ApiModule::name)
                        .collect(Collectors.toSet());
        return new Outline.Surroundings(
                secretOptions, callable, globalNames(), AbsentNames.ofOthers().keySet());
    }

    /** The modules that operators call, for their reference. */
    List<ApiModule> modules() {
        return modules;
    }

    /** Whether {@code require} finds a built-in module of this name. */
    boolean hasModule(String name) {
        return builtIn(LuaString.of(name)) != null;
    }

    /** The names of all globals that every script has. */
    Set<String> globalNames() {
        return namesIn(globals);
    }

    /** Whether every script has a global of this name. */
    boolean isTaken(String name) {
        return taken.contains(name);
    }

    /** The fields of a library or module; null if there is none of this name. */
    @Nullable Set<String> fieldsOf(String library) {
        LuaTable table = builtIn(LuaString.of(library));
        return table == null ? null : namesIn(table);
    }

    /**
     * What there is instead of a field that scripts of another host look for in a module of ours;
     * null: it is none of them.
     */
    @Nullable String insteadOf(String module, String field) {
        for (ApiModule it : modules) {
            if (it.name().equals(module)) {
                return it.elsewhere().get(field);
            }
        }
        return null;
    }

    /** What is said of a module that is not there. */
    String notFound(String name) {
        for (ApiModule module : modules) {
            String prefix = module.name() + ".";
            if (name.startsWith(prefix)) {
                String instead = module.elsewhere().get(name.substring(prefix.length()));
                return instead == null
                        ? LoadedModules.notFound(name) + "; built in are " + namesLike(module)
                        : "module '" + name + "' is not built in: " + instead;
            }
        }
        return LoadedModules.notFound(name);
    }

    private String namesLike(ApiModule first) {
        return modules.stream()
                .map(ApiModule::name)
                .filter(it -> it.equals(first.name()) || it.startsWith(first.name() + "."))
                .collect(Collectors.joining(", "));
    }

    /** The globals that a script has because of the modules that a file requires. */
    Set<String> globalsOfRequired(Unit unit) {
        Set<String> names = new TreeSet<>();
        for (Outline.Mention required : unit.outline().modulesRequired()) {
            names.addAll(globalsWhenRequired(required.name()).keySet());
        }
        return names;
    }

    /** The globals that a script has once it has required a module; empty if it is none of ours. */
    Map<String, ApiModule.WhenRequired> globalsWhenRequired(String name) {
        for (ApiModule module : modules) {
            if (!module.globalsWhenRequired().isEmpty() && module.name().equals(name)) {
                return module.globalsWhenRequired();
            }
        }
        return Map.of();
    }

    /** A function of a module of ours; null: there is none of this name. */
    @Nullable ApiFunction function(String module, String name) {
        return functions.get(module + "." + name);
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
        return new LuaState(
                meter, globals, globalMetatable, stringMetatable, decimalMetatable, context);
    }

    /** A library or module of this name; null: none is built in. */
    @Nullable LuaTable builtIn(LuaString name) {
        if (globals.get(name) instanceof LuaTable table) {
            return table;
        }
        return byRequireOnly.get(name) instanceof LuaTable table ? table : null;
    }

    /** Shows each library and module with its name. */
    void builtIns(BiConsumer<LuaString, LuaTable> action) {
        for (LuaTable tables : List.of(globals, byRequireOnly)) {
            for (var e = tables.next(null); e != null; e = tables.next(e[0])) {
                if (e[0] instanceof LuaString name && e[1] instanceof LuaTable table) {
                    action.accept(name, table);
                }
            }
        }
    }

    private static @Nullable Object[] require(Arguments a) {
        return a.context(RunningScript.class).modules().require(a);
    }

    /**
     * {@code package}: its tables are each run's own, and made when they are asked for. Its paths
     * only say where {@code require} looks.
     */
    private static LuaTable packages() {
        LuaTable metatable = LuaTable.unmetered();
        metatable.set("__index", new NativeFunction("__index", LuaBase::ofPackage));
        metatable.set("__metatable", false);
        LuaTable packages = LuaTable.unmetered();
        packages.set("config", LuaString.of("/\n;\n?\n!\n-\n"));
        packages.set("cpath", LuaString.EMPTY);
        packages.set("path", LuaString.of("./?.lua;./lib/?.lua;./lib/?/init.lua"));
        packages.setMetatable(metatable.seal("the metatable of package"));
        return packages.sealAsLibrary("package");
    }

    private static @Nullable Object[] ofPackage(Arguments a) {
        LoadedModules modules = a.context(RunningScript.class).modules();
        return Lua.values(a.get(2) instanceof LuaString name ? modules.field(name.toText()) : null);
    }

    /**
     * All that a script can reach at its start, by name: the names of Lua that are listed here, and
     * what the modules describe. A host whose tables have one name more or less does not start, so
     * that no mistake elsewhere gives scripts more than they may have.
     */
    static final class AllowList {
        /** Names of {@code _G}, and fields of its tables, without the modules. */
        private static final String NAMES =
                """
                _VERSION assert error getmetatable ipairs load next pairs pcall rawequal rawget rawlen rawset require select setmetatable tonumber tostring type xpcall

                bit32 bit32.arshift bit32.band bit32.bnot bit32.bor bit32.btest bit32.bxor bit32.extract
                bit32.lrotate bit32.lshift bit32.replace bit32.rrotate bit32.rshift

                coroutine coroutine.create coroutine.isyieldable coroutine.resume coroutine.running
                coroutine.status coroutine.wrap coroutine.yield

                debug debug.getinfo debug.getupvalue debug.setupvalue debug.traceback debug.upvaluejoin

                math math.abs math.acos math.asin math.atan math.atan2 math.ceil math.cos math.cosh
                math.deg math.exp math.floor math.fmod math.frexp math.huge math.ldexp math.log math.max
                math.min math.modf math.pi math.pow math.rad math.random math.randomseed math.sin
                math.sinh math.sqrt math.tan math.tanh

                os os.clock os.date os.time

                string string.byte string.char string.find string.format string.gmatch string.gsub
                string.len string.lower string.match string.rep string.reverse string.sub string.upper

                package package.config package.cpath package.path

                table table.concat table.insert table.pack table.remove table.sort table.unpack
                """;

        static final Set<String> OF_LUA = Set.of(NAMES.strip().split("\\s+"));

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
         * @param tables the globals, and what is had by require only
         * @throws IllegalStateException if they differ
         */
        static void check(List<LuaTable> tables, List<ApiModule> modules) {
            Set<String> allowed = all(modules);
            Set<String> present = new TreeSet<>();
            tables.forEach(it -> collect(it, "", present));
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
}
