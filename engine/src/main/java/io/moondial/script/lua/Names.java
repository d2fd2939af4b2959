package io.moondial.script.lua;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the script calls a value that an error message is about. */
final class Names {
    private static final String ENVIRONMENT = "_ENV";

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

    /**
     * ": " and what there is instead, if a global, or a field of one, is a well-known name that
     * scripts do not have; "" otherwise.
     *
     * @param path as {@link #pathOfRegister} gives it
     */
    static String whyAbsent(LuaState state, @Nullable String path) {
        LuaTable metatable = state.globals().metatable();
        if (path != null
                && metatable != null
                && metatable.get(LuaState.ABSENT_NAMES) instanceof LuaTable reasons
                && reasons.get(LuaString.of(path)) instanceof LuaString reason) {
            return ": " + reason.toText();
        }
        return "";
    }

    /** "os.exit", "unpack": what the value in a register was read from; null: from elsewhere. */
    static @Nullable String pathOfRegister(Frame frame, int register) {
        RegisterHistory history = new RegisterHistory(frame.closure.code);
        String method = history.methodOf(register, frame.pc - 1);
        return method != null && frame.registers[register + 1] instanceof LuaString
                ? "string." + method
                : history.pathOf(register, frame.pc - 1);
    }

    /** The same of the value that the running instruction indexes. */
    static @Nullable String pathOfIndexed(LuaState state) {
        Frame frame = state.top;
        if (frame == null) {
            return null;
        }
        int i = frame.instruction();
        return switch (Opcode.operation(i)) {
            case Opcode.GETTABLE, Opcode.SELF -> pathOfRegister(frame, Opcode.b(i));
            case Opcode.SETTABLE -> pathOfRegister(frame, Opcode.a(i));
            default -> null;
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

    /**
     * The local variables that can be seen where a frame reads a global by its name: those of its
     * function, the innermost first, then those that it has captured. Empty if it does not.
     */
    static List<String> localsAtGlobal(Frame frame) {
        FunctionCode code = frame.closure.code;
        int i = frame.instruction();
        if (Opcode.operation(i) != Opcode.GETTABUP
                || !code.captures[Opcode.b(i)].name().equals(ENVIRONMENT)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        int pc = frame.pc - 1;
        for (FunctionCode.Local local : code.locals.reversed()) {
            if (local.from() <= pc && pc < local.to()) {
                names.add(local.name());
            }
        }
        for (FunctionCode.Capture captured : code.captures) {
            if (!captured.name().equals(ENVIRONMENT)) {
                names.add(captured.name());
            }
        }
        return names;
    }

    /** The function that a frame runs, as its caller calls it. */
    static String of(Frame frame) {
        if (frame.closure.code.isMain()) {
            return "main chunk";
        }
        String name = called(frame);
        return "function " + (name == null ? plain(frame) : name);
    }

    /** "<main.lua:3>": a function by where it is written. */
    static String plain(Frame frame) {
        FunctionCode code = frame.closure.code;
        return "<" + code.source + ":" + code.line + ">";
    }

    /** "local 'f'", "method 'm'": as what its caller has called it; null: that has no name. */
    static @Nullable String called(Frame frame) {
        Frame caller = frame.caller;
        if (caller == null || frame.calledByJava || frame.tailCalled) {
            return null;
        }
        int i = caller.instruction();
        return Opcode.operation(i) == Opcode.CALL
                ? new RegisterHistory(caller.closure.code).nameOf(Opcode.a(i), caller.pc - 1)
                : null;
    }

    /** Where the value in a register of a function came from, read back from its instructions. */
    private static final class RegisterHistory {
        private final FunctionCode code;

        RegisterHistory(FunctionCode code) {
            this.code = code;
        }

        /** "local 'x'", "field 'y'" and the like; null if the value has no name. */
        @Nullable String nameOf(int register, int pc) {
            String local = localName(register, pc);
            if (local != null) {
                return "local '" + local + "'";
            }
            int setter = lastSetter(register, pc);
            return setter < 0 ? null : nameBy(setter);
        }

        /** The name of the method that a value was read as; null: it is none. */
        @Nullable String methodOf(int register, int pc) {
            int setter = lastSetter(register, pc);
            boolean method =
                    setter >= 0 && Opcode.operation(code.instructions[setter]) == Opcode.SELF;
            return method ? constantKey(code.instructions[setter]) : null;
        }

        /** "x" of a global, "x.y" of a field of one; null: the value is of neither. */
        @Nullable String pathOf(int register, int pc) {
            int setter = localName(register, pc) == null ? lastSetter(register, pc) : -1;
            if (setter < 0) {
                return null;
            }
            int i = code.instructions[setter];
            String key = constantKey(i);
            return switch (Opcode.operation(i)) {
                case Opcode.GETTABUP ->
                        code.captures[Opcode.b(i)].name().equals(ENVIRONMENT) ? key : null;
                case Opcode.GETTABLE -> {
                    String holder = pathOf(Opcode.b(i), setter);
                    yield key == null || holder == null ? null : holder + "." + key;
                }
                default -> null;
            };
        }

        private @Nullable String nameBy(int setter) {
            int i = code.instructions[setter];
            return switch (Opcode.operation(i)) {
                case Opcode.MOVE -> Opcode.b(i) < Opcode.a(i) ? nameOf(Opcode.b(i), setter) : null;
                case Opcode.GETTABUP ->
                        keyName(i, setter, code.captures[Opcode.b(i)].name().equals(ENVIRONMENT));
                case Opcode.GETTABLE ->
                        keyName(i, setter, ENVIRONMENT.equals(localName(Opcode.b(i), setter)));
                case Opcode.GETUPVAL -> "upvalue '" + code.captures[Opcode.b(i)].name() + "'";
                case Opcode.LOADK ->
                        code.constants[Opcode.bx(i)] instanceof LuaString s
                                ? "constant '" + s.toText() + "'"
                                : null;
                case Opcode.SELF -> {
                    String name = constantKey(i);
                    yield name == null ? null : "method '" + name + "'";
                }
                default -> null;
            };
        }

        private @Nullable String keyName(int instruction, int pc, boolean global) {
            String name = constantKey(instruction);
            if (name == null && !Opcode.isConstant(Opcode.c(instruction))) {
                String origin = nameOf(Opcode.c(instruction), pc);
                name = origin != null && origin.startsWith("constant ") ? unquoted(origin) : null;
            }
            if (name == null) {
                return null;
            }
            return (global ? "global '" : "field '") + name + "'";
        }

        private static String unquoted(String constant) {
            return constant.substring("constant '".length(), constant.length() - 1);
        }

        private @Nullable String constantKey(int instruction) {
            int operand = Opcode.c(instruction);
            return Opcode.isConstant(operand)
                            && code.constants[Opcode.constantIndex(operand)] instanceof LuaString s
                    ? s.toText()
                    : null;
        }

        /** The variable that lives in a register at an instruction. */
        private @Nullable String localName(int register, int pc) {
            int left = register;
            for (FunctionCode.Local local : code.locals) {
                if (local.from() > pc) {
                    return null;
                }
                if (pc < local.to() && left-- == 0) {
                    return local.name();
                }
            }
            return null;
        }

        /**
         * The instruction that last set a register for certain; -1 if a jump makes that unknown.
         */
        private int lastSetter(int register, int before) {
            int setter = -1;
            int jumpedTo = 0;
            for (int pc = 0; pc < before; pc++) {
                int i = code.instructions[pc];
                if (Opcode.operation(i) == Opcode.JMP) {
                    int target = pc + 1 + Opcode.signedBx(i);
                    if (target > pc && target <= before) {
                        jumpedTo = Math.max(jumpedTo, target);
                    }
                } else if (sets(i, register)) {
                    setter = pc < jumpedTo ? -1 : pc;
                }
            }
            return setter;
        }

        private static boolean sets(int instruction, int register) {
            int a = Opcode.a(instruction);
            int operation = Opcode.operation(instruction);
            return switch (operation) {
                case Opcode.LOADNIL -> register >= a && register <= a + Opcode.b(instruction);
                case Opcode.TFORCALL -> register >= a + 2;
                case Opcode.CALL, Opcode.TAILCALL -> register >= a;
                default -> Opcode.setsA(operation) && register == a;
            };
        }
    }
}
