package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.CallInfo;
import io.moondial.script.lua.Coroutine;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaFunction.Environment;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaString.LuaStringBuilder;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Numbers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of the debug library (Lua 5.2 manual 6.10) only tells where something is: it changes
 * nothing, and gives no function or variable that a script does not have. And what libraries do in
 * the place of {@code setfenv}: a function gets other globals.
 */
final class DebugLibrary {
    private static final String EVERYTHING = "nSlutr";
    private static final String KNOWN = "nSlutrfL";

    /** Of a longer stack so many calls are shown at its beginning, and at its end. */
    private static final int FIRST = 12;

    private static final int LAST = 10;

    private DebugLibrary() {}

    static LuaTable create() {
        return new StandardLibrary.Library("debug")
                .function("getinfo", DebugLibrary::info)
                .function("getupvalue", DebugLibrary::upvalue)
                .function("setupvalue", DebugLibrary::setUpvalue)
                .function("traceback", DebugLibrary::traceback)
                .function("upvaluejoin", DebugLibrary::join)
                .seal();
    }

    private static @Nullable Object[] upvalue(Arguments a) {
        LuaFunction function = a.function(1);
        String name = Environment.nameOf(function, a.integer(2));
        return name == null
                ? Lua.nothing()
                : Lua.values(a.state().newString(name), Environment.get(function, a.integer(2)));
    }

    private static @Nullable Object[] setUpvalue(Arguments a) {
        LuaFunction function = a.function(1);
        String name = Environment.nameOf(function, a.integer(2));
        if (name == null) {
            return Lua.nothing();
        }
        requireEnvironment(a, function, a.integer(2));
        Environment.set(function, a.integer(2), a.any(3));
        return Lua.values(a.state().newString(name));
    }

    private static @Nullable Object[] join(Arguments a) {
        LuaFunction function = a.function(1);
        LuaFunction with = a.function(3);
        if (Environment.nameOf(function, a.integer(2)) == null) {
            throw a.bad(2, "invalid upvalue index");
        }
        if (Environment.nameOf(with, a.integer(4)) == null) {
            throw a.bad(4, "invalid upvalue index");
        }
        requireEnvironment(a, function, a.integer(2));
        Environment.join(function, a.integer(2), with, a.integer(4));
        return Lua.nothing();
    }

    private static void requireEnvironment(Arguments a, LuaFunction function, int position) {
        if (!Environment.isAt(function, position)) {
            throw a.bad(2, "only _ENV may be changed");
        }
    }

    /** A coroutine may be the first argument. */
    private static @Nullable Object[] info(Arguments a) {
        return a.get(1) instanceof Coroutine coroutine
                ? info(a.rest(), coroutine)
                : info(a, a.state().coroutines().running());
    }

    private static @Nullable Object[] info(Arguments a, Coroutine coroutine) {
        String what = a.string(2, LuaString.of(EVERYTHING)).toText();
        for (int i = 0; i < what.length(); i++) {
            if (KNOWN.indexOf(what.charAt(i)) < 0) {
                throw a.bad(2, "invalid option");
            }
        }
        if (a.get(1) instanceof LuaFunction function) {
            return Lua.values(table(a, CallInfo.of(function), what));
        }
        double level = Math.floor(a.number(1));
        List<CallInfo> calls = calls(a, coroutine);
        return Lua.values(
                level >= 0 && level < calls.size() ? table(a, calls.get((int) level), what) : null);
    }

    private static List<CallInfo> calls(Arguments a, Coroutine coroutine) {
        List<CallInfo> calls = CallInfo.calls(coroutine);
        a.meter().work(4L * calls.size());
        return calls;
    }

    private static LuaTable table(Arguments a, CallInfo call, String what) {
        LuaTable table = a.state().newTable();
        for (int i = 0; i < what.length(); i++) {
            switch (what.charAt(i)) {
                case 'S' -> {
                    boolean file = call.source().endsWith(".lua");
                    String prefix = file ? "@" : "=";
                    table.set("source", a.state().newString(prefix + call.source()));
                    table.set("short_src", a.state().newString(call.source()));
                    table.set("what", Lua.text(call.kind()));
                    table.set("linedefined", (double) call.firstLine());
                    table.set("lastlinedefined", (double) call.lastLine());
                }
                case 'l' -> table.set("currentline", (double) call.line());
                case 'n' -> {
                    String name = call.name();
                    table.set("name", name == null ? null : a.state().newString(name));
                    table.set("namewhat", Lua.text(call.nameKind()));
                }
                case 't' -> table.set("istailcall", call.tailCalled());
                case 'u' -> {
                    table.set("nups", (double) call.captured());
                    table.set("nparams", (double) call.parameters());
                    table.set("isvararg", call.variadic());
                }
                default -> {} // the function itself, and its lines, are not told
            }
        }
        return table;
    }

    private static @Nullable Object[] traceback(Arguments a) {
        return a.get(1) instanceof Coroutine coroutine
                ? traceback(a.rest(), coroutine)
                : traceback(a, a.state().coroutines().running());
    }

    private static @Nullable Object[] traceback(Arguments a, Coroutine coroutine) {
        LuaString message = Numbers.textFrom(a.get(1));
        if (message == null && !a.isNil(1)) {
            return Lua.values(a.get(1));
        }
        LuaStringBuilder text = new LuaStringBuilder(a.meter());
        if (message != null) {
            text.append(a.state().written(message));
            text.append('\n');
        }
        text.append(LuaString.of("stack traceback:"));
        List<CallInfo> calls = calls(a, coroutine);
        // that of this function itself is not shown
        int first = coroutine.status() == Coroutine.Status.RUNNING ? 1 : 0;
        int from = Math.clamp(a.integer(2, first), 0, calls.size());
        List<CallInfo> shown = calls.subList(from, calls.size());
        for (int i = 0; i < shown.size(); i++) {
            if (i == FIRST && shown.size() > FIRST + LAST) {
                text.append(LuaString.of("\n\t..."));
                i = shown.size() - LAST;
            }
            CallInfo call = shown.get(i);
            text.append(
                    LuaString.of(
                            "\n\t"
                                    + call.source()
                                    + ":"
                                    + (call.line() >= 0 ? call.line() + ":" : "")
                                    + " in "
                                    + call.inWords()));
        }
        return Lua.values(text.toLuaString());
    }
}
