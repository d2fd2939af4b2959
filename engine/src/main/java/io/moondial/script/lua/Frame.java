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

    /** The index of the instruction that follows the one that is carried out. */
    int pc;

    /** Where it goes on when the function that it has called returns. */
    @Nullable Instruction next;

    /**
     * What the function has given, for {@link LuaState.Results}, if Java called it and it is over.
     */
    @Nullable Object results;

    boolean over;

    /**
     * Values of unknown number, until the next instruction takes them, are in the registers to
     * before this one, and then here: those for which the frame has no registers.
     */
    private int openEnd;

    private @Nullable Object[] open = Lua.NONE;

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
        this.next = closure.code.first;
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
        next = callee.code.first;
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
                new LuaFunction.LuaClosure.Upvalue(registers, register, cell);
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

    /** How many values there are from a register on: a fixed number, or all that are open. */
    int count(int from, int fixed) {
        return fixed >= 0 ? fixed : openEnd - from + open.length;
    }

    /** Whether a fixed number of values, or all that are open, are in registers. */
    boolean holds(int fixed) {
        return fixed >= 0 || open.length == 0;
    }

    /** The values from a register on: a fixed number, or all that are open. */
    @Nullable Object[] take(int from, int count) {
        if (count >= 0) {
            return count == 0 ? Lua.NONE : Arrays.copyOfRange(registers, from, from + count);
        }
        int kept = openEnd - from;
        @Nullable Object[] last = open;
        open = Lua.NONE;
        if (kept == 0) {
            return last;
        }
        @Nullable Object[] values = Arrays.copyOfRange(registers, from, openEnd + last.length);
        System.arraycopy(last, 0, values, kept, last.length);
        return values;
    }

    /**
     * Puts what a call gave into registers: a fixed number of values, or as open ones if it is
     * negative.
     *
     * @param given for {@link LuaState.Results}
     */
    void give(int at, int count, @Nullable Object given) {
        if (given instanceof @Nullable Object[] values) {
            give(at, count, values);
        } else if (count < 0) {
            registers[at] = given;
            openEnd = at + 1;
            open = Lua.NONE;
        } else if (count > 0) {
            registers[at] = given;
            clear(at + 1, at + count);
        }
    }

    /** The same of several values, or none. */
    void give(int at, int count, @Nullable Object[] values) {
        if (count >= 0) {
            int present = Math.min(count, values.length);
            put(at, values, 0, present);
            clear(at + present, at + count);
        } else if (at + values.length <= registers.length) {
            put(at, values, 0, values.length);
            openEnd = at + values.length;
            open = Lua.NONE;
        } else {
            openEnd = at;
            open = values;
        }
    }

    /** The same of what another frame has from a register on. */
    void give(int at, int count, Frame other, int from, int present) {
        if (count >= 0 && from + present <= other.registers.length) {
            int given = Math.min(count, present);
            put(at, other.registers, from, given);
            clear(at + given, at + count);
        } else {
            give(at, count, other.take(from, other.open.length == 0 ? present : -1));
        }
    }

    /** By hand: they are few, and a call of arraycopy costs more than they do. */
    private void put(int at, @Nullable Object[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            registers[at + i] = values[from + i];
        }
    }

    private void clear(int from, int to) {
        for (int i = from; i < to; i++) {
            registers[i] = null;
        }
    }
}
