package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** The instructions of {@code for}: each goes on in one of two ways. */
abstract class Loop extends Instruction {
    private final int distance;

    /** The first instruction of the loop's body, or of what prepares it. */
    @Nullable Instruction target;

    private Loop(FunctionCode code, int at) {
        super(code, at);
        this.distance = Opcode.signedBx(code.instructions[at]);
    }

    @Override
    final void link(@Nullable Instruction[] all) {
        super.link(all);
        target = all[pc + distance];
    }

    /** Goes back to the body, which is counted. */
    final @Nullable Instruction again(Interpreter in, Frame frame) {
        frame.pc = pc;
        in.meter.work(Meter.weight(-distance));
        return target;
    }

    private static double number(Meter meter, @Nullable Object value, String what) {
        Double number = Numbers.from(meter, value);
        if (number == null) {
            throw new LuaError("'for' " + what + " must be a number");
        }
        return number;
    }

    private static double held(@Nullable Object value) {
        if (value instanceof Double d) {
            return d;
        }
        throw new IllegalStateException("a loop's register holds a " + Lua.typeName(value));
    }

    /**
     * The start of a numeric one: index, limit and step, and the loop's variable in four registers.
     */
    static final class Prepare extends Loop {
        Prepare(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            double index = number(in.meter, r[a], "initial value");
            double limit = number(in.meter, r[a + 1], "limit");
            double step = number(in.meter, r[a + 2], "step");
            r[a] = index - step;
            r[a + 1] = limit;
            r[a + 2] = step;
            return target;
        }
    }

    /** Goes on to the next number. */
    static final class Numeric extends Loop {
        Numeric(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            double step = held(r[a + 2]);
            double limit = held(r[a + 1]);
            double index = held(r[a]) + step;
            if (step > 0 ? index <= limit : limit <= index) {
                Double next = index;
                r[a] = next;
                r[a + 3] = next;
                return again(in, frame);
            }
            return next;
        }
    }

    /** Goes on with what the iterator has given, if that is not nil. */
    static final class Generic extends Loop {
        Generic(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object given = r[a + 1];
            if (given == null) {
                return next;
            }
            r[a] = given;
            return again(in, frame);
        }
    }
}
