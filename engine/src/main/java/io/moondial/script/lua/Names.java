package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** What the script calls a value that an error message is about. */
final class Names {
    private Names() {}

    /** The value in a register of the running function, for "attempt to ...". */
    static String ofRegister(LuaState state, int register, @Nullable Object value) {
        Frame frame = state.top;
        return frame == null ? plain(value) : describe(frame, register, value);
    }

    /** The value that the running instruction has as its B operand, or its C operand. */
    static String ofOperand(LuaState state, boolean first, @Nullable Object value) {
        Frame frame = state.top;
        if (frame == null) {
            return plain(value);
        }
        int instruction = frame.instruction();
        int operand = first ? Opcode.b(instruction) : Opcode.c(instruction);
        return Opcode.isConstant(operand) ? plain(value) : describe(frame, operand, value);
    }

    /** The value that the running instruction indexes. */
    static String ofIndexed(LuaState state, @Nullable Object value) {
        Frame frame = state.top;
        if (frame == null) {
            return plain(value);
        }
        int i = frame.instruction();
        return switch (Opcode.operation(i)) {
            case Opcode.GETTABLE, Opcode.SELF -> describe(frame, Opcode.b(i), value);
            case Opcode.SETTABLE -> describe(frame, Opcode.a(i), value);
            case Opcode.GETTABUP -> captured(frame, Opcode.b(i), value);
            case Opcode.SETTABUP -> captured(frame, Opcode.a(i), value);
            default -> plain(value);
        };
    }

    private static String captured(Frame frame, int index, @Nullable Object value) {
        return quoted("upvalue '" + frame.closure.code.captures[index].name() + "'", value);
    }

    /** The value in a register of a frame. */
    static String describe(Frame frame, int register, @Nullable Object value) {
        String name = new RegisterHistory(frame.closure.code).nameOf(register, frame.pc - 1);
        return name == null ? plain(value) : quoted(name, value);
    }

    private static String quoted(String name, @Nullable Object value) {
        return name + " (a " + Lua.typeName(value) + " value)";
    }

    /** A value by its type alone. */
    static String plain(@Nullable Object value) {
        return "a " + Lua.typeName(value) + " value";
    }

    /** The function that a frame runs, as its caller calls it. */
    static String of(Frame frame) {
        FunctionCode code = frame.closure.code;
        if (code.isMain()) {
            return "main chunk";
        }
        Frame caller = frame.caller;
        if (caller != null && !frame.calledByJava && !frame.tailCalled) {
            int i = caller.instruction();
            RegisterHistory history = new RegisterHistory(caller.closure.code);
            String name =
                    Opcode.operation(i) == Opcode.CALL
                            ? history.nameOf(Opcode.a(i), caller.pc - 1)
                            : null;
            if (name != null) {
                return "function " + name;
            }
        }
        return "function <" + code.source + ":" + code.line + ">";
    }
}
