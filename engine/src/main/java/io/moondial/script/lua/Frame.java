package io.moondial.script.lua;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One running call of a Lua function. */
final class Frame {
    final @Nullable Frame caller;

    /**
     * Whether Java called this function (a metamethod, a callback), not an instruction of the
     * caller.
     */
    final boolean calledByJava;

    LuaFunction.LuaClosure closure;
    @Nullable Object[] registers;
    @Nullable Object[] extra;

    /** Whether another function stood here before and ended in a tail call. */
    boolean tailCalled;

    /** The next instruction's index. */
    int pc;

    /**
     * Results of unknown number, until the next instruction takes them, and the register they
     * follow.
     */
    @Nullable Object[] open = Lua.NONE;

    int openAt;

    /** The registers that closures share, the highest first. */
    private LuaFunction.LuaClosure.@Nullable Upvalue captured;

    Frame(
            @Nullable Frame caller,
            boolean calledByJava,
            LuaFunction.LuaClosure closure,
            @Nullable Object[] registers,
            @Nullable Object[] extra) {
        this.caller = caller;
        this.calledByJava = calledByJava;
        this.closure = closure;
        this.registers = registers;
        this.extra = extra;
    }

    /** Makes this the frame of another function, which the present one called last. */
    void replace(
            LuaFunction.LuaClosure callee,
            @Nullable Object[] newRegisters,
            @Nullable Object[] newExtra) {
        close(0);
        closure = callee;
        registers = newRegisters;
        extra = newExtra;
        tailCalled = true;
        pc = 0;
    }

    /** The cell through which closures share one of the registers. */
    LuaFunction.LuaClosure.Upvalue capture(int register) {
        LuaFunction.LuaClosure.Upvalue above = null;
        LuaFunction.LuaClosure.Upvalue cell = captured;
        while (cell != null && cell.register > register) {
            above = cell;
            cell = cell.below;
        }
        if (cell != null && cell.register == register) {
            return cell;
        }
        LuaFunction.LuaClosure.Upvalue added =
                new LuaFunction.LuaClosure.Upvalue(this, register, cell);
        if (above == null) {
            captured = added;
        } else {
            above.below = added;
        }
        return added;
    }

    /** Takes the variables from a register upwards out of the frame. */
    void close(int from) {
        LuaFunction.LuaClosure.Upvalue cell = captured;
        while (cell != null && cell.register >= from) {
            cell = cell.close();
        }
        captured = cell;
    }

    /** The instruction being carried out. */
    int instruction() {
        return closure.code.instructions[pc - 1];
    }

    int line() {
        return closure.code.lineAt(pc - 1);
    }

    /** The values from a register on: a fixed number, or all up to the open results' end. */
    @Nullable Object[] take(int from, int count) {
        if (count >= 0) {
            return count == 0 ? Lua.NONE : Arrays.copyOfRange(registers, from, from + count);
        }
        int fixed = openAt - from;
        @Nullable Object[] last = open;
        open = Lua.NONE;
        if (fixed == 0) {
            return last;
        }
        @Nullable Object[] values = new @Nullable Object[fixed + last.length];
        System.arraycopy(registers, from, values, 0, fixed);
        System.arraycopy(last, 0, values, fixed, last.length);
        return values;
    }

    /** Puts values into registers: a fixed number of them, or as open results if it is negative. */
    void give(int at, int count, @Nullable Object[] values) {
        if (count < 0) {
            open = values;
            openAt = at;
            return;
        }
        int present = Math.min(count, values.length);
        System.arraycopy(values, 0, registers, at, present);
        for (int i = present; i < count; i++) {
            registers[at + i] = null;
        }
    }
}
