package io.moondial.script.lua;

import static io.moondial.script.lua.Opcode.a;
import static io.moondial.script.lua.Opcode.c;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The loop that carries out {@link Instruction}s, and the calls between functions. A function in
 * Lua that calls another one goes on in the same loop, with another {@link Frame}; what Java calls
 * begins a loop of its own on the Java stack. So a script can be suspended anywhere by blocking its
 * thread. Counted are entered functions and backward jumps: there is no endless path without one.
 */
final class Interpreter {
    private static final int OCTETS_PER_CLOSURE = 48;

    final LuaState state;
    final Meter meter;

    Interpreter(LuaState state) {
        this.state = state;
        this.meter = state.meter();
    }

    /**
     * Calls a closure from Java with some of the values of an array; what it gives is for {@link
     * LuaState.Results}.
     */
    @Nullable Object call(
            LuaFunction.LuaClosure closure, @Nullable Object[] values, int from, int count) {
        Frame frame = enter(closure, values, from, count, true);
        @Nullable Object results = run(frame);
        state.lastReturned = frame;
        return results;
    }

    private Frame enter(
            LuaFunction.LuaClosure closure,
            @Nullable Object[] values,
            int from,
            int count,
            boolean calledByJava) {
        FunctionCode code = closure.code;
        state.enter(code.weight, count);
        Frame frame =
                new Frame(
                        state.top,
                        calledByJava,
                        closure,
                        registers(code, values, from, count),
                        extra(code, values, from, count));
        state.top = frame;
        return frame;
    }

    private void leave(Frame frame) {
        frame.close(0);
        state.top = frame.caller;
        state.leave();
    }

    private static @Nullable Object[] registers(
            FunctionCode code, @Nullable Object[] values, int from, int count) {
        @Nullable Object[] registers = new @Nullable Object[code.registers];
        int present = Math.min(count, code.parameters);
        // by hand: they are few, and a call of arraycopy costs more than they do
        for (int i = 0; i < present; i++) {
            registers[i] = values[from + i];
        }
        return registers;
    }

    private static @Nullable Object[] extra(
            FunctionCode code, @Nullable Object[] values, int from, int count) {
        return code.variadic && count > code.parameters
                ? Arrays.copyOfRange(values, from + code.parameters, from + count)
                : Lua.NONE;
    }

    /** Carries out a frame's function to its end, and all that it calls in Lua. */
    private @Nullable Object run(Frame called) {
        Frame frame = called;
        while (true) {
            Instruction next = frame.next;
            @Nullable Object[] r = frame.registers;
            while (next != null) {
                next = next.run(this, frame, r);
            }
            if (called.over) {
                return called.results;
            }
            frame = running();
        }
    }

    private Frame running() {
        Frame frame = state.top;
        if (frame == null) {
            throw new IllegalStateException("nothing runs");
        }
        return frame;
    }

    /** A function returns what is for {@link LuaState.Results}: most often one value. */
    void giveBack(Frame frame, @Nullable Object given) {
        leave(frame);
        Frame caller = frame.caller;
        if (frame.calledByJava || caller == null) {
            frame.results = given;
            frame.over = true;
            return;
        }
        int by = caller.instruction();
        if (c(by) == 2) {
            caller.registers[a(by)] = LuaState.Results.first(given);
        } else {
            caller.give(a(by), c(by) - 1, given);
        }
    }

    /** A function returns the values from a register on. */
    void giveBack(Frame frame, int from, int fixed) {
        leave(frame);
        Frame caller = frame.caller;
        if (frame.calledByJava || caller == null) {
            frame.results =
                    frame.count(from, fixed) == 1 ? frame.registers[from] : frame.take(from, fixed);
            frame.over = true;
        } else {
            int by = caller.instruction();
            caller.give(a(by), c(by) - 1, frame, from, frame.count(from, fixed));
        }
    }

    /** Carries out a call; of a function in Lua, which is yet to run, only its beginning: true. */
    boolean call(Frame frame, @Nullable Object[] r, int a, int arguments, int results) {
        @Nullable Object callee = r[a];
        if (callee instanceof LuaFunction.LuaClosure closure) {
            if (arguments >= 0) {
                enter(closure, r, a + 1, arguments, false);
            } else {
                @Nullable Object[] taken = frame.take(a + 1, -1);
                enter(closure, taken, 0, taken.length, false);
            }
            return true;
        }
        @Nullable Object given = callJava(frame, callee, a, arguments);
        if (results == 1) {
            r[a] = LuaState.Results.first(given);
        } else {
            frame.give(a, results, given);
        }
        return false;
    }

    /** Calls what is no function in Lua; what it gives is for {@link LuaState.Results}. */
    private @Nullable Object callJava(Frame frame, @Nullable Object callee, int a, int arguments) {
        if (!(callee instanceof LuaFunction.NativeFunction function)) {
            return state.call(callable(frame, callee, a), frame.take(a + 1, arguments));
        }
        int count = frame.count(a + 1, arguments);
        if (!function.hasShortcut(count) || !frame.holds(arguments)) {
            return state.callNative(function, frame.take(a + 1, arguments), false);
        }
        @Nullable Object[] r = frame.registers;
        state.enter(1, 0);
        @Nullable Object given =
                function.shortcut(
                        state,
                        count,
                        r[a + 1],
                        count > 1 ? r[a + 2] : null,
                        count > 2 ? r[a + 3] : null,
                        count > 3 ? r[a + 4] : null);
        if (given == LuaFunction.NativeFunction.Shortcut.Answer.NONE) {
            given = function.call(state, frame.take(a + 1, arguments), false);
        }
        state.leave();
        return given;
    }

    /** Asks the iterator of a generic {@code for}. */
    @Nullable Object iterate(@Nullable Object[] r, int a) {
        if (!(r[a] instanceof LuaFunction.NativeFunction function) || !function.hasShortcut(2)) {
            return state.call(r[a], r[a + 1], r[a + 2]);
        }
        state.enter(1, 0);
        @Nullable Object given = function.shortcut(state, 2, r[a + 1], r[a + 2], null, null);
        if (given == LuaFunction.NativeFunction.Shortcut.Answer.NONE) {
            given = function.call(state, Lua.values(r[a + 1], r[a + 2]), true);
        }
        state.leave();
        return given;
    }

    private @Nullable Object callable(Frame frame, @Nullable Object callee, int register) {
        if (Metatables.method(state, callee, Metatables.CALL) == null) {
            throw new LuaError(
                    "attempt to call "
                            + Names.describe(frame, register, callee)
                            + Names.whyAbsent(state, Names.pathOfRegister(frame, register)));
        }
        return callee;
    }

    /** Carries out a call whose results the function returns. */
    void tailCall(Frame frame, int a, int arguments) {
        @Nullable Object callee = frame.registers[a];
        if (!(callee instanceof LuaFunction.LuaClosure closure)) {
            @Nullable Object given = callJava(frame, callee, a, arguments);
            giveBack(frame, given);
            return;
        }
        @Nullable Object[] values = frame.take(a + 1, arguments);
        meter.work(closure.code.weight);
        state.countValues(values.length);
        frame.replace(
                closure,
                registers(closure.code, values, 0, values.length),
                extra(closure.code, values, 0, values.length));
    }

    void setItems(Frame frame, @Nullable Object[] r, int first, int a, int b) {
        @Nullable Object[] items = frame.take(a + 1, b == 0 ? -1 : b);
        if (!(r[a] instanceof LuaTable target)) {
            throw new IllegalStateException("a constructor's table is a " + Lua.typeName(r[a]));
        }
        meter.work(items.length >> 3);
        target.setItems(first, items);
    }

    LuaFunction.LuaClosure closure(Frame frame, FunctionCode code) {
        FunctionCode.Capture[] captures = code.captures;
        meter.memory(OCTETS_PER_CLOSURE + 24L * captures.length);
        LuaFunction.LuaClosure.Upvalue[] upvalues =
                new LuaFunction.LuaClosure.Upvalue[captures.length];
        for (int i = 0; i < captures.length; i++) {
            int index = captures[i].index();
            upvalues[i] =
                    captures[i].inRegister() ? frame.capture(index) : frame.closure.upvalues[index];
        }
        return new LuaFunction.LuaClosure(code, upvalues);
    }
}
