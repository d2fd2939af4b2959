package io.moondial.script.lua;

import static io.moondial.script.lua.Opcode.a;
import static io.moondial.script.lua.Opcode.b;
import static io.moondial.script.lua.Opcode.bx;
import static io.moondial.script.lua.Opcode.c;
import static io.moondial.script.lua.Opcode.signedBx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The instruction loop. A call of a Lua function is a call of {@link #run} on the same Java stack,
 * so a script can be suspended anywhere by blocking its thread. Counted are entered functions and
 * backward jumps: there is no endless path without one.
 */
final class Interpreter {
    private static final int OCTETS_PER_CLOSURE = 48;

    private final LuaState state;
    private final Meter meter;

    Interpreter(LuaState state) {
        this.state = state;
        this.meter = state.meter();
    }

    /**
     * Calls a closure with some of the values of an array; what it gives is for {@link
     * LuaState.Results}.
     */
    @Nullable Object call(
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
        @Nullable Object results = run(frame);
        frame.close(0);
        state.lastReturned = frame;
        state.top = frame.caller;
        state.leave();
        return results;
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

    /** Carries out a frame's function to its end, and what it calls last in its place. */
    private @Nullable Object run(Frame frame) {
        FunctionCode code = frame.closure.code;
        int[] instructions = code.running;
        @Nullable Object[] k = code.constants;
        @Nullable Object[] r = frame.registers;
        LuaFunction.LuaClosure.Upvalue[] up = frame.closure.upvalues;
        int pc = 0;
        int i = instructions[pc++];
        while (true) {
            frame.pc = pc;
            int a = a(i);
            switch (Opcode.operation(i)) {
                case Opcode.MOVE -> r[a] = r[b(i)];
                case Opcode.LOADK -> r[a] = k[bx(i)];
                case Opcode.LOADKX -> r[a] = k[Opcode.ax(instructions[pc++])];
                case Opcode.LOADBOOL -> {
                    r[a] = b(i) != 0;
                    pc += c(i) != 0 ? 1 : 0;
                }
                case Opcode.LOADNIL -> Arrays.fill(r, a, a + b(i) + 1, null);
                case Opcode.GETUPVAL -> r[a] = up[b(i)].get();
                case Opcode.GETTABUP -> r[a] = Indexing.get(state, up[b(i)].get(), rk(r, k, c(i)));
                case Opcode.GETTABLE -> r[a] = Indexing.get(state, r[b(i)], rk(r, k, c(i)));
                case Opcode.SETTABUP ->
                        Indexing.set(state, up[a].get(), rk(r, k, b(i)), rk(r, k, c(i)));
                case Opcode.SETUPVAL -> up[b(i)].set(r[a]);
                case Opcode.SETTABLE -> Indexing.set(state, r[a], rk(r, k, b(i)), rk(r, k, c(i)));
                case Opcode.NEWTABLE -> r[a] = new LuaTable(meter);
                case Opcode.SELF -> {
                    @Nullable Object self = r[b(i)];
                    r[a + 1] = self;
                    r[a] = Indexing.get(state, self, rk(r, k, c(i)));
                }
                case Opcode.ADD -> {
                    @Nullable Object x = rk(r, k, b(i));
                    @Nullable Object y = rk(r, k, c(i));
                    r[a] =
                            x instanceof Double p && y instanceof Double q
                                    ? (Object) (p + q)
                                    : Operators.apply(state, Opcode.ADD, x, y);
                }
                case Opcode.SUB -> {
                    @Nullable Object x = rk(r, k, b(i));
                    @Nullable Object y = rk(r, k, c(i));
                    r[a] =
                            x instanceof Double p && y instanceof Double q
                                    ? (Object) (p - q)
                                    : Operators.apply(state, Opcode.SUB, x, y);
                }
                case Opcode.MUL -> {
                    @Nullable Object x = rk(r, k, b(i));
                    @Nullable Object y = rk(r, k, c(i));
                    r[a] =
                            x instanceof Double p && y instanceof Double q
                                    ? (Object) (p * q)
                                    : Operators.apply(state, Opcode.MUL, x, y);
                }
                case Opcode.DIV, Opcode.MOD, Opcode.POW ->
                        r[a] =
                                Operators.apply(
                                        state, Opcode.operation(i), rk(r, k, b(i)), rk(r, k, c(i)));
                case Opcode.UNM -> r[a] = Operators.negate(state, r[b(i)]);
                case Opcode.NOT -> r[a] = !Lua.truthy(r[b(i)]);
                case Opcode.LEN -> r[a] = Operators.length(state, r[b(i)]);
                case Opcode.CONCAT -> r[a] = Concatenation.of(state, r, b(i), c(i));
                case Opcode.JMP -> {
                    if (a > 0) {
                        frame.close(a - 1);
                    }
                    pc += jump(i);
                }
                case Opcode.EQ -> {
                    boolean equal = Operators.equal(state, rk(r, k, b(i)), rk(r, k, c(i)));
                    pc += equal == (a != 0) ? 0 : 1;
                }
                case Opcode.LT -> {
                    boolean less = Operators.less(state, rk(r, k, b(i)), rk(r, k, c(i)));
                    pc += less == (a != 0) ? 0 : 1;
                }
                case Opcode.LE -> {
                    boolean notMore = Operators.lessOrEqual(state, rk(r, k, b(i)), rk(r, k, c(i)));
                    pc += notMore == (a != 0) ? 0 : 1;
                }
                case Opcode.TEST -> pc += Lua.truthy(r[a]) == (c(i) != 0) ? 0 : 1;
                case Opcode.TESTSET -> {
                    @Nullable Object tested = r[b(i)];
                    if (Lua.truthy(tested) == (c(i) != 0)) {
                        r[a] = tested;
                    } else {
                        pc++;
                    }
                }
                case Opcode.CALL -> call(frame, r, a, b(i) - 1, c(i) - 1);
                case Opcode.TAILCALL -> {
                    @Nullable Object[] results = tailCall(frame, a, b(i) - 1);
                    if (results != null) {
                        return results;
                    }
                    code = frame.closure.code;
                    instructions = code.running;
                    k = code.constants;
                    r = frame.registers;
                    up = frame.closure.upvalues;
                    pc = 0;
                }
                case Opcode.RETURN -> {
                    int count = b(i) - 1;
                    return count == 1 ? r[a] : frame.take(a, count);
                }
                case Opcode.FORLOOP -> pc += Loops.advance(r, a) ? jump(i) : 0;
                case Opcode.FORPREP -> {
                    Loops.prepare(r, a);
                    pc += signedBx(i);
                }
                case Opcode.TFORCALL -> {
                    @Nullable Object[] values = state.call(r[a], r[a + 1], r[a + 2]);
                    frame.give(a + 3, c(i), values);
                }
                case Opcode.TFORLOOP -> {
                    if (r[a + 1] != null) {
                        r[a] = r[a + 1];
                        pc += jump(i);
                    }
                }
                case Opcode.SETLIST -> {
                    // LuaJ's compiler writes a large number plainly, not as an EXTRAARG
                    int block = c(i) == 0 ? instructions[pc++] : c(i);
                    setItems(frame, r[a], (block - 1) * Opcode.ITEMS_PER_SETLIST + 1, a, b(i));
                }
                case Opcode.CLOSURE -> r[a] = closure(frame, code.children[bx(i)]);
                case Opcode.VARARG -> frame.give(a, b(i) - 1, frame.extra);
                case Opcode.WATCH -> {
                    i = code.passed(i);
                    continue;
                }
                default -> throw new IllegalStateException("no such instruction: " + i);
            }
            i = instructions[pc++];
        }
    }

    private static @Nullable Object rk(@Nullable Object[] r, @Nullable Object[] k, int operand) {
        return Opcode.isConstant(operand) ? k[Opcode.constantIndex(operand)] : r[operand];
    }

    /** How far an instruction jumps; a jump back is counted. */
    private int jump(int instruction) {
        int distance = signedBx(instruction);
        if (distance < 0) {
            meter.work(Meter.weight(-distance));
        }
        return distance;
    }

    private void call(Frame frame, @Nullable Object[] r, int a, int arguments, int results) {
        @Nullable Object callee = r[a];
        @Nullable Object given;
        if (callee instanceof LuaFunction.LuaClosure closure) {
            if (arguments >= 0) {
                given = call(closure, r, a + 1, arguments, false);
            } else {
                @Nullable Object[] taken = frame.take(a + 1, -1);
                given = call(closure, taken, 0, taken.length, false);
            }
        } else if (callee instanceof LuaFunction.NativeFunction function) {
            given = state.callNative(function, frame.take(a + 1, arguments), false);
        } else {
            given = state.call(callable(frame, callee, a), frame.take(a + 1, arguments));
        }
        if (results == 1) {
            r[a] = LuaState.Results.first(given);
        } else {
            frame.give(a, results, LuaState.Results.all(given));
        }
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

    /** The results where Java answered; null if the frame now is the callee's. */
    private @Nullable Object @Nullable [] tailCall(Frame frame, int a, int arguments) {
        @Nullable Object callee = frame.registers[a];
        @Nullable Object[] values = frame.take(a + 1, arguments);
        if (callee instanceof LuaFunction.LuaClosure closure) {
            meter.work(closure.code.weight);
            state.countValues(values.length);
            frame.replace(
                    closure,
                    registers(closure.code, values, 0, values.length),
                    extra(closure.code, values, 0, values.length));
            return null;
        }
        return callee instanceof LuaFunction.NativeFunction function
                ? state.callNative(function, values, false)
                : state.call(callable(frame, callee, a), values);
    }

    private void setItems(Frame frame, @Nullable Object table, int first, int a, int b) {
        @Nullable Object[] items = frame.take(a + 1, b == 0 ? -1 : b);
        if (!(table instanceof LuaTable target)) {
            throw new IllegalStateException("a constructor's table is a " + Lua.typeName(table));
        }
        meter.work(items.length >> 3);
        target.setItems(first, items);
    }

    private LuaFunction.LuaClosure closure(Frame frame, FunctionCode code) {
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

    /** The numeric {@code for}: index, limit, step and the loop's variable in four registers. */
    private static final class Loops {
        private Loops() {}

        static void prepare(@Nullable Object[] r, int a) {
            double index = number(r[a], "initial value");
            double limit = number(r[a + 1], "limit");
            double step = number(r[a + 2], "step");
            r[a] = index - step;
            r[a + 1] = limit;
            r[a + 2] = step;
        }

        private static double number(@Nullable Object value, String what) {
            Double number = Numbers.from(value);
            if (number == null) {
                throw new LuaError("'for' " + what + " must be a number");
            }
            return number;
        }

        /** Goes on to the next value; false if the loop is over. */
        static boolean advance(@Nullable Object[] r, int a) {
            double step = held(r[a + 2]);
            double limit = held(r[a + 1]);
            double index = held(r[a]) + step;
            if (step > 0 ? index <= limit : limit <= index) {
                Double next = index;
                r[a] = next;
                r[a + 3] = next;
                return true;
            }
            return false;
        }

        private static double held(@Nullable Object value) {
            if (value instanceof Double d) {
                return d;
            }
            throw new IllegalStateException("a loop's register holds a " + Lua.typeName(value));
        }
    }

    /** The operator {@code ..} over a run of registers, from the right (Lua 5.2 manual 3.4.5). */
    private static final class Concatenation {
        private Concatenation() {}

        static @Nullable Object of(
                LuaState state, @Nullable Object[] registers, int first, int last) {
            int from = last;
            @Nullable Object result = registers[last];
            while (from > first) {
                int start = startOfTexts(registers, first, from, result);
                if (start < from) {
                    result = join(state, registers, start, from, result);
                    from = start;
                } else {
                    from--;
                    result = byMetamethod(state, registers[from], from, result, from + 1);
                }
            }
            return result;
        }

        /**
         * The first register from which on all are strings, numbers and decimals; the end if the
         * result is not one.
         */
        private static int startOfTexts(
                @Nullable Object[] registers, int first, int end, @Nullable Object result) {
            int start = end;
            if (isText(result)) {
                while (start > first && isText(registers[start - 1])) {
                    start--;
                }
            }
            return start;
        }

        private static boolean isText(@Nullable Object value) {
            return value instanceof LuaString
                    || value instanceof Double
                    || value instanceof LuaDecimal;
        }

        private static LuaString join(
                LuaState state,
                @Nullable Object[] registers,
                int from,
                int to,
                @Nullable Object last) {
            LuaString[] parts = new LuaString[to - from + 1];
            long length = 0;
            for (int i = 0; i < parts.length; i++) {
                parts[i] = text(from + i < to ? registers[from + i] : last);
                length += parts[i].length();
            }
            state.meter().string(length);
            byte[] octets = new byte[(int) length];
            int at = 0;
            for (LuaString part : parts) {
                part.copyTo(octets, at);
                at += part.length();
            }
            return LuaString.ofOctets(octets);
        }

        private static LuaString text(@Nullable Object value) {
            LuaString text = Numbers.textFrom(value);
            if (text == null) {
                throw new IllegalStateException("not a text: " + Lua.typeName(value));
            }
            return text;
        }

        private static @Nullable Object byMetamethod(
                LuaState state,
                @Nullable Object left,
                int leftRegister,
                @Nullable Object right,
                int rightRegister) {
            @Nullable Object method = Metatables.method(state, left, Metatables.CONCAT);
            if (method == null) {
                method = Metatables.method(state, right, Metatables.CONCAT);
            }
            if (method == null) {
                boolean blameRight = isText(left);
                throw new LuaError(
                        "attempt to concatenate "
                                + Names.ofRegister(
                                        state,
                                        blameRight ? rightRegister : leftRegister,
                                        blameRight ? right : left));
            }
            return state.callForOne(method, left, right);
        }
    }
}
