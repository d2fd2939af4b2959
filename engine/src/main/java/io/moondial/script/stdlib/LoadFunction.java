package io.moondial.script.stdlib;

import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.CompileFailure;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.FunctionCode;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaStringBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Lua's {@code load}: source that a script made itself; metered like the script, and never binary.
 */
final class LoadFunction {
    private static final LuaString TEXT_OR_BINARY = LuaString.of("bt");
    private static final int OCTETS_PER_CHARACTER = 32;
    private static final int SHOWN = 40;

    private final Compiler compiler;

    LoadFunction(Compiler compiler) {
        this.compiler = compiler;
    }

    @Nullable Object[] call(Arguments a) {
        // what a reader raises is a failure to load
        return a.get(1) instanceof LuaFunction reader
                ? a.state()
                        .protect(
                                () -> load(a, readAll(a, reader)), error -> Lua.values(null, error))
                : load(a, a.string(1));
    }

    private @Nullable Object[] load(Arguments a, LuaString source) {
        String name = chunkName(a, source);
        if (a.string(3, TEXT_OR_BINARY).indexOf(LuaString.of("t"), 0) < 0) {
            return Lua.values(
                    null, a.state().newString("attempt to load a text chunk (mode is 'b')"));
        }
        a.meter().work(source.length());
        a.meter().memory((long) source.length() * OCTETS_PER_CHARACTER);
        @Nullable Object environment = a.count() >= 4 ? a.get(4) : a.state().globals();
        try {
            FunctionCode chunk = compiler.compileChunk(source, name);
            return Lua.values(a.state().load(chunk, environment));
        } catch (CompileFailure e) {
            return Lua.values(
                    null, a.state().newString(name + ":" + e.line() + ": " + e.getMessage()));
        }
    }

    private static String chunkName(Arguments a, LuaString source) {
        boolean ofString = a.get(1) instanceof LuaString;
        String name = a.string(2, ofString ? source : LuaString.of("=(load)")).toText();
        if (name.startsWith("=") || name.startsWith("@")) {
            return name.substring(1);
        }
        String line = name.lines().findFirst().orElse("");
        boolean cut = line.length() > SHOWN || !line.equals(name);
        String shown = line.length() > SHOWN ? line.substring(0, SHOWN) : line;
        return "[string \"" + shown + (cut ? "..." : "") + "\"]";
    }

    private static LuaString readAll(Arguments a, LuaFunction reader) {
        LuaStringBuilder source = new LuaStringBuilder(a.meter());
        while (true) {
            @Nullable Object[] results = a.state().call(reader);
            @Nullable Object piece = results.length == 0 ? null : results[0];
            if (piece == null || LuaString.EMPTY.equals(piece)) {
                return source.toLuaString();
            }
            if (!(piece instanceof LuaString text)) {
                throw LuaError.ofValue(Lua.text("reader function must return a string"));
            }
            source.append(text);
        }
    }
}
