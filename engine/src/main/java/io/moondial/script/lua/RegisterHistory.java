package io.moondial.script.lua;

import org.jspecify.annotations.Nullable;

/** Where the value in a register of a function came from, read back from its instructions. */
final class RegisterHistory {
    private static final String ENVIRONMENT = "_ENV";

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

    /** The instruction that last set a register for certain; -1 where a jump leaves it open. */
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
