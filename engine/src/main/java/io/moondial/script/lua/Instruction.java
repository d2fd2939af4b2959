package io.moondial.script.lua;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An instruction of a function, ready to be carried out: it has its operands, and knows what may
 * follow. Each is an object, so that each kind is compiled by itself: a loop with a case for each
 * kind is so large that its variables have no place in registers. Shared by all runs, and not
 * changed once it is linked.
 *
 * <p>The most usual case is written out in {@link #run}. All that may raise an error, or ask where
 * the run is, has set {@link Frame#pc} before.
 */
abstract class Instruction {
    /** What {@link Frame#pc} is while it is carried out. */
    final int pc;

    final int a;

    /** The operand B; -1 if that is a constant. */
    final int b;

    /** The operand C; -1 if that is a constant. */
    final int c;

    private final @Nullable Object constantB;
    private final @Nullable Object constantC;

    /** What follows it in the code. */
    @Nullable Instruction next;

    Instruction(FunctionCode code, int at) {
        int i = code.instructions[at];
        this.pc = at + 1;
        this.a = Opcode.a(i);
        boolean takesConstants = Opcode.takesConstants(Opcode.operation(i));
        boolean isB = takesConstants && Opcode.isConstant(Opcode.b(i));
        boolean isC = takesConstants && Opcode.isConstant(Opcode.c(i));
        this.b = isB ? -1 : Opcode.b(i);
        this.c = isC ? -1 : Opcode.c(i);
        this.constantB = isB ? code.constants[Opcode.constantIndex(Opcode.b(i))] : null;
        this.constantC = isC ? code.constants[Opcode.constantIndex(Opcode.c(i))] : null;
    }

    /**
     * Carries it out.
     *
     * @param r the registers of the frame
     * @return what is to be carried out then; null if that is in another frame
     */
    abstract @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r);

    /** Takes what it goes on to from all instructions of its function. */
    void link(@Nullable Instruction[] all) {
        next = pc < all.length ? all[pc] : null;
    }

    final @Nullable Object b(@Nullable Object[] r) {
        return b < 0 ? constantB : r[b];
    }

    final @Nullable Object c(@Nullable Object[] r) {
        return c < 0 ? constantC : r[c];
    }

    /** The operand C as the name of a field; null if it is none that is written in the code. */
    final @Nullable LuaString name() {
        return constantC instanceof LuaString name ? name : null;
    }

    // ---- values

    static final class Move extends Instruction {
        Move(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            r[a] = r[b];
            return next;
        }
    }

    /** Loads a constant, a boolean among them. */
    static final class Load extends Instruction {
        private final @Nullable Object value;
        private final int following;

        Load(FunctionCode code, int at, int following, @Nullable Object value) {
            super(code, at);
            this.value = value;
            this.following = following;
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            r[a] = value;
            return next;
        }

        @Override
        void link(@Nullable Instruction[] all) {
            next = all[following];
        }
    }

    static final class LoadNil extends Instruction {
        LoadNil(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            Arrays.fill(r, a, a + b + 1, null);
            return next;
        }
    }

    static final class GetUpvalue extends Instruction {
        GetUpvalue(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            r[a] = frame.closure.upvalues[b].get();
            return next;
        }
    }

    static final class SetUpvalue extends Instruction {
        SetUpvalue(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.closure.upvalues[b].set(r[a]);
            return next;
        }
    }

    // ---- fields

    /** Reads a global by its name, or a field of another captured table. */
    static final class GetOfUpvalue extends Instruction {
        private final @Nullable LuaString name = name();

        GetOfUpvalue(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            @Nullable Object holder = frame.closure.upvalues[b].get();
            r[a] =
                    name != null
                            ? Indexing.get(in.state, holder, name)
                            : Indexing.get(in.state, holder, c(r));
            return next;
        }
    }

    static final class GetIndex extends Instruction {
        private final @Nullable LuaString name = name();

        GetIndex(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            r[a] =
                    name != null
                            ? Indexing.get(in.state, r[b], name)
                            : Indexing.get(in.state, r[b], c(r));
            return next;
        }
    }

    static final class Self extends Instruction {
        private final @Nullable LuaString name = name();

        Self(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            @Nullable Object self = r[b];
            r[a + 1] = self;
            r[a] =
                    name != null
                            ? Indexing.get(in.state, self, name)
                            : Indexing.get(in.state, self, c(r));
            return next;
        }
    }

    static final class SetOfUpvalue extends Instruction {
        SetOfUpvalue(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            Indexing.set(in.state, frame.closure.upvalues[a].get(), b(r), c(r));
            return next;
        }
    }

    static final class SetIndex extends Instruction {
        SetIndex(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            Indexing.set(in.state, r[a], b(r), c(r));
            return next;
        }
    }

    static final class NewTable extends Instruction {
        NewTable(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            r[a] = new LuaTable(in.meter);
            return next;
        }
    }

    // ---- operators

    static final class Add extends Instruction {
        Add(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object x = b(r);
            @Nullable Object y = c(r);
            if (x instanceof Double p && y instanceof Double q) {
                r[a] = p + q;
            } else {
                frame.pc = pc;
                r[a] = Operators.apply(in.state, Opcode.ADD, x, y);
            }
            return next;
        }
    }

    static final class Subtract extends Instruction {
        Subtract(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object x = b(r);
            @Nullable Object y = c(r);
            if (x instanceof Double p && y instanceof Double q) {
                r[a] = p - q;
            } else {
                frame.pc = pc;
                r[a] = Operators.apply(in.state, Opcode.SUB, x, y);
            }
            return next;
        }
    }

    static final class Multiply extends Instruction {
        Multiply(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object x = b(r);
            @Nullable Object y = c(r);
            if (x instanceof Double p && y instanceof Double q) {
                r[a] = p * q;
            } else {
                frame.pc = pc;
                r[a] = Operators.apply(in.state, Opcode.MUL, x, y);
            }
            return next;
        }
    }

    /** The other operations on two numbers. */
    static final class Arithmetic extends Instruction {
        private final int operation;

        Arithmetic(FunctionCode code, int at) {
            super(code, at);
            this.operation = Opcode.operation(code.instructions[at]);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            r[a] = Operators.apply(in.state, operation, b(r), c(r));
            return next;
        }
    }

    static final class Negate extends Instruction {
        Negate(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            r[a] = Operators.negate(in.state, r[b]);
            return next;
        }
    }

    static final class Not extends Instruction {
        Not(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            r[a] = !Lua.truthy(r[b]);
            return next;
        }
    }

    static final class Length extends Instruction {
        Length(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            r[a] = Operators.length(in.state, r[b]);
            return next;
        }
    }

    static final class Concatenate extends Instruction {
        Concatenate(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            r[a] = Concatenation.of(in.state, r, b, c);
            return next;
        }
    }

    // ---- conditions and jumps

    static final class Jump extends Instruction {
        private final int distance;

        Jump(FunctionCode code, int at) {
            super(code, at);
            this.distance = Opcode.signedBx(code.instructions[at]);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            if (a > 0) {
                frame.close(a - 1);
            }
            if (distance < 0) {
                in.meter.work(Meter.weight(-distance));
            }
            return next;
        }

        @Override
        void link(@Nullable Instruction[] all) {
            next = all[pc + distance];
        }

        /** What follows it, if all that it does is to go forward. */
        private Instruction skipped() {
            Instruction target = next;
            return a == 0 && distance >= 0 && target != null ? target : this;
        }
    }

    /** A condition: if it holds, the jump behind it is carried out, else what is behind that. */
    abstract static class Condition extends Instruction {
        final boolean wanted;
        private @Nullable Instruction otherwise;

        Condition(FunctionCode code, int at, boolean wanted) {
            super(code, at);
            this.wanted = wanted;
        }

        final @Nullable Instruction after(boolean held) {
            return held == wanted ? next : otherwise;
        }

        @Override
        final void link(@Nullable Instruction[] all) {
            super.link(all);
            otherwise = all[pc + 1];
            if (next instanceof Jump jump) {
                jump.link(all);
                next = jump.skipped();
            }
        }
    }

    static final class Equal extends Condition {
        Equal(FunctionCode code, int at) {
            super(code, at, Opcode.a(code.instructions[at]) != 0);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object x = b(r);
            @Nullable Object y = c(r);
            if (x instanceof Double p && y instanceof Double q) {
                return after(p.doubleValue() == q.doubleValue());
            }
            frame.pc = pc;
            return after(Operators.equal(in.state, x, y));
        }
    }

    static final class Less extends Condition {
        Less(FunctionCode code, int at) {
            super(code, at, Opcode.a(code.instructions[at]) != 0);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object x = b(r);
            @Nullable Object y = c(r);
            if (x instanceof Double p && y instanceof Double q) {
                return after(p < q);
            }
            frame.pc = pc;
            return after(Operators.less(in.state, x, y));
        }
    }

    static final class LessOrEqual extends Condition {
        LessOrEqual(FunctionCode code, int at) {
            super(code, at, Opcode.a(code.instructions[at]) != 0);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object x = b(r);
            @Nullable Object y = c(r);
            if (x instanceof Double p && y instanceof Double q) {
                return after(p <= q);
            }
            frame.pc = pc;
            return after(Operators.lessOrEqual(in.state, x, y));
        }
    }

    static final class Test extends Condition {
        Test(FunctionCode code, int at) {
            super(code, at, Opcode.c(code.instructions[at]) != 0);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            return after(Lua.truthy(r[a]));
        }
    }

    static final class TestAndSet extends Condition {
        TestAndSet(FunctionCode code, int at) {
            super(code, at, Opcode.c(code.instructions[at]) != 0);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            @Nullable Object tested = r[b];
            boolean held = Lua.truthy(tested);
            if (held == wanted) {
                r[a] = tested;
            }
            return after(held);
        }
    }

    // ---- functions

    /** What is carried out in other words: see {@link Decoder}. */
    static final class Other extends Instruction {
        /** What it does. */
        @FunctionalInterface
        interface Action {
            void run(Interpreter in, Frame frame, @Nullable Object[] r, Other operands);
        }

        private final Action action;
        private final int following;

        Other(FunctionCode code, int at, int following, Action action) {
            super(code, at);
            this.following = following;
            this.action = action;
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            action.run(in, frame, r, this);
            return next;
        }

        @Override
        void link(@Nullable Instruction[] all) {
            next = all[following];
        }
    }

    static final class Call extends Instruction {
        Call(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            frame.next = next;
            return in.call(frame, r, a, b - 1, c - 1) ? null : next;
        }
    }

    static final class TailCall extends Instruction {
        TailCall(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            in.tailCall(frame, a, b - 1);
            return null;
        }
    }

    static final class Return extends Instruction {
        Return(FunctionCode code, int at) {
            super(code, at);
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            frame.pc = pc;
            if (b == 2) {
                in.giveBack(frame, r[a]);
            } else {
                in.giveBack(frame, a, b - 1);
            }
            return null;
        }
    }

    /** Counts, then does what stands in its place. */
    static final class Watched extends Instruction {
        private final Instruction instruction;
        private final WatchedChunk.Watches watches;
        private final int index;

        Watched(
                FunctionCode code,
                int at,
                Instruction instruction,
                WatchedChunk.Watches watches,
                int index) {
            super(code, at);
            this.instruction = instruction;
            this.watches = watches;
            this.index = index;
        }

        @Override
        @Nullable Instruction run(Interpreter in, Frame frame, @Nullable Object[] r) {
            watches.pass(index);
            return instruction.run(in, frame, r);
        }

        @Override
        void link(@Nullable Instruction[] all) {
            instruction.link(all);
        }
    }
}
