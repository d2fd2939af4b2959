package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may be told of a function, or of a call of one: where it is written, where it is, what it is
 * called. Not the function itself, nor what is in its variables.
 *
 * @param kind "main" for a chunk, "Lua", or "C" for a function in Java
 * @param source where it is written, as messages name it; "[C]" for one in Java
 * @param line that is running; -1 if none is
 * @param firstLine of the function; 0 for a chunk, -1 for one in Java
 * @param lastLine of the function
 * @param name what the caller calls it; null if that has no name
 * @param nameKind "global", "local", "method", "field", "upvalue" or ""
 * @param tailCalled whether it was called in the place of its caller
 * @param captured how many variables from outside it uses
 * @param parameters how many it has that have names
 * @param variadic whether it takes further ones
 */
public record CallInfo(
        String kind,
        String source,
        int line,
        int firstLine,
        int lastLine,
        @Nullable String name,
        String nameKind,
        boolean tailCalled,
        int captured,
        int parameters,
        boolean variadic) {
    private static final CallInfo IN_JAVA =
            new CallInfo("C", "[C]", -1, -1, -1, null, "", false, 0, 0, true);

    /** Of a function that is not called. */
    public static CallInfo of(LuaFunction function) {
        return function instanceof LuaFunction.LuaClosure closure
                ? of(closure.code, -1, null, false)
                : IN_JAVA;
    }

    /**
     * Of the calls of a coroutine, the innermost first. Functions in Java that call each other are
     * one call.
     */
    public static List<CallInfo> calls(Coroutine coroutine) {
        List<CallInfo> calls = new ArrayList<>();
        boolean java = coroutine.isInJava();
        Frame frame = coroutine.top();
        while (frame != null || java) {
            if (java || frame == null) {
                calls.add(IN_JAVA);
                java = false;
            } else {
                calls.add(of(frame.closure.code, frame.line(), frame, frame.tailCalled));
                java = frame.calledByJava && frame.caller != null;
                frame = frame.caller;
            }
        }
        return calls;
    }

    private static CallInfo of(
            FunctionCode code, int line, @Nullable Frame frame, boolean tailCalled) {
        String called = frame == null || code.isMain() ? null : Names.called(frame);
        int blank = called == null ? -1 : called.indexOf(' ');
        return new CallInfo(
                code.isMain() ? "main" : "Lua",
                code.source,
                line,
                code.line,
                code.isMain() ? -1 : code.lineAt(code.lines.length - 1),
                called == null ? null : called.substring(blank + 2, called.length() - 1),
                called == null ? "" : called.substring(0, blank),
                tailCalled,
                code.captures.length,
                code.parameters,
                code.variadic);
    }

    /** In a traceback: "function 'f'", "function <main.lua:3>", "main chunk". */
    public String inWords() {
        return switch (kind) {
            case "main" -> "main chunk";
            case "C" -> "?";
            default ->
                    "function "
                            + (name == null
                                    ? "<" + source + ":" + firstLine + ">"
                                    : "'" + name + "'");
        };
    }
}
