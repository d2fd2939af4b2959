package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** Makes the instructions of a function from its words. */
final class Decoder {
    private final FunctionCode code;

    private Decoder(FunctionCode code) {
        this.code = code;
    }

    /** The first instruction of a function, from which one comes to all others. */
    static Instruction first(FunctionCode code) {
        Decoder decoder = new Decoder(code);
        @Nullable Instruction[] all = new @Nullable Instruction[code.instructions.length];
        for (int at = 0; at < all.length; at += decoder.words(at)) {
            Instruction plain = decoder.at(at);
            all[at] = code.watches == null ? plain : code.watches.watched(plain, code, at);
        }
        for (Instruction each : all) {
            if (each != null) {
                each.link(all);
            }
        }
        Instruction first = all[0];
        if (first == null) {
            throw new IllegalStateException("a function without instructions");
        }
        return first;
    }

    /** How many words an instruction has: behind some there is one that is none. */
    private int words(int at) {
        int i = code.instructions[at];
        return switch (Opcode.operation(i)) {
            case Opcode.LOADKX -> 2;
            case Opcode.SETLIST -> Opcode.c(i) == 0 ? 2 : 1;
            default -> 1;
        };
    }

    private Instruction at(int at) {
        int i = code.instructions[at];
        return switch (Opcode.operation(i)) {
            case Opcode.MOVE -> new Instruction.Move(code, at);
            case Opcode.LOADK -> load(at, code.constants[Opcode.bx(i)], 1);
            case Opcode.LOADKX -> load(at, code.constants[Opcode.ax(code.instructions[at + 1])], 2);
            case Opcode.LOADBOOL -> load(at, Opcode.b(i) != 0, Opcode.c(i) != 0 ? 2 : 1);
            case Opcode.LOADNIL -> new Instruction.LoadNil(code, at);
            case Opcode.GETUPVAL -> new Instruction.GetUpvalue(code, at);
            case Opcode.SETUPVAL -> new Instruction.SetUpvalue(code, at);
            case Opcode.GETTABUP -> new Instruction.GetOfUpvalue(code, at);
            case Opcode.GETTABLE -> new Instruction.GetIndex(code, at);
            case Opcode.SELF -> new Instruction.Self(code, at);
            case Opcode.SETTABUP -> new Instruction.SetOfUpvalue(code, at);
            case Opcode.SETTABLE -> new Instruction.SetIndex(code, at);
            case Opcode.NEWTABLE -> new Instruction.NewTable(code, at);
            case Opcode.SETLIST -> setList(at, i);
            case Opcode.ADD -> new Instruction.Add(code, at);
            case Opcode.SUB -> new Instruction.Subtract(code, at);
            case Opcode.MUL -> new Instruction.Multiply(code, at);
            case Opcode.DIV, Opcode.MOD, Opcode.POW -> new Instruction.Arithmetic(code, at);
            case Opcode.UNM -> new Instruction.Negate(code, at);
            case Opcode.NOT -> new Instruction.Not(code, at);
            case Opcode.LEN -> new Instruction.Length(code, at);
            case Opcode.CONCAT -> new Instruction.Concatenate(code, at);
            case Opcode.JMP -> new Instruction.Jump(code, at);
            case Opcode.EQ -> new Instruction.Equal(code, at);
            case Opcode.LT -> new Instruction.Less(code, at);
            case Opcode.LE -> new Instruction.LessOrEqual(code, at);
            case Opcode.TEST -> new Instruction.Test(code, at);
            case Opcode.TESTSET -> new Instruction.TestAndSet(code, at);
            case Opcode.CALL -> new Instruction.Call(code, at);
            case Opcode.TAILCALL -> new Instruction.TailCall(code, at);
            case Opcode.RETURN -> new Instruction.Return(code, at);
            case Opcode.FORPREP -> new Loop.Prepare(code, at);
            case Opcode.FORLOOP -> new Loop.Numeric(code, at);
            case Opcode.TFORLOOP -> new Loop.Generic(code, at);
            case Opcode.TFORCALL ->
                    other(at, 1, (in, frame, r, o) -> frame.give(o.a + 3, o.c, in.iterate(r, o.a)));
            case Opcode.CLOSURE -> closure(at, code.children[Opcode.bx(i)]);
            case Opcode.VARARG ->
                    other(at, 1, (in, frame, r, o) -> frame.give(o.a, o.b - 1, frame.extra));
            default -> throw new IllegalStateException("no such instruction: " + i);
        };
    }

    private Instruction load(int at, @Nullable Object value, int on) {
        return new Instruction.Load(code, at, at + on, value);
    }

    private Instruction other(int at, int on, Instruction.Other.Action action) {
        return new Instruction.Other(code, at, at + on, action);
    }

    private Instruction closure(int at, FunctionCode child) {
        return other(at, 1, (in, frame, r, o) -> r[o.a] = in.closure(frame, child));
    }

    private Instruction setList(int at, int i) {
        // LuaJ's compiler writes a large number plainly, not as an EXTRAARG
        int block = Opcode.c(i) == 0 ? code.instructions[at + 1] : Opcode.c(i);
        int first = (block - 1) * Opcode.ITEMS_PER_SETLIST + 1;
        return other(at, words(at), (in, frame, r, o) -> in.setItems(frame, r, first, o.a, o.b));
    }
}
