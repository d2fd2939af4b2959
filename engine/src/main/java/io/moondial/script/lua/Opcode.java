package io.moondial.script.lua;

/**
 * The instructions of Lua 5.2's virtual machine and the fields they pack into 32 bits: the
 * operation in bits 0 to 5, A in 6 to 13, C in 14 to 22, B in 23 to 31 (Bx is B and C together).
 */
final class Opcode {
    static final int MOVE = 0;
    static final int LOADK = 1;
    static final int LOADKX = 2;
    static final int LOADBOOL = 3;
    static final int LOADNIL = 4;
    static final int GETUPVAL = 5;
    static final int GETTABUP = 6;
    static final int GETTABLE = 7;
    static final int SETTABUP = 8;
    static final int SETUPVAL = 9;
    static final int SETTABLE = 10;
    static final int NEWTABLE = 11;
    static final int SELF = 12;
    static final int ADD = 13;
    static final int SUB = 14;
    static final int MUL = 15;
    static final int DIV = 16;
    static final int MOD = 17;
    static final int POW = 18;
    static final int UNM = 19;
    static final int NOT = 20;
    static final int LEN = 21;
    static final int CONCAT = 22;
    static final int JMP = 23;
    static final int EQ = 24;
    static final int LT = 25;
    static final int LE = 26;
    static final int TEST = 27;
    static final int TESTSET = 28;
    static final int CALL = 29;
    static final int TAILCALL = 30;
    static final int RETURN = 31;
    static final int FORLOOP = 32;
    static final int FORPREP = 33;
    static final int TFORCALL = 34;
    static final int TFORLOOP = 35;
    static final int SETLIST = 36;
    static final int CLOSURE = 37;
    static final int VARARG = 38;
    static final int EXTRAARG = 39;

    /** How many list items one SETLIST stores at most. */
    static final int ITEMS_PER_SETLIST = 50;

    private static final int CONSTANT_BIT = 1 << 8;
    private static final int SIGNED_BIAS = (1 << 17) - 1;

    private Opcode() {}

    static int operation(int instruction) {
        return instruction & 0x3f;
    }

    static int a(int instruction) {
        return (instruction >>> 6) & 0xff;
    }

    static int b(int instruction) {
        return instruction >>> 23;
    }

    static int c(int instruction) {
        return (instruction >>> 14) & 0x1ff;
    }

    static int bx(int instruction) {
        return instruction >>> 14;
    }

    static int signedBx(int instruction) {
        return (instruction >>> 14) - SIGNED_BIAS;
    }

    static int ax(int instruction) {
        return instruction >>> 6;
    }

    /** Whether a B or C operand names a constant; else it names a register. */
    static boolean isConstant(int operand) {
        return (operand & CONSTANT_BIT) != 0;
    }

    static int constantIndex(int operand) {
        return operand & (CONSTANT_BIT - 1);
    }

    /** Whether the operands B and C of the operation may name constants. */
    static boolean takesConstants(int operation) {
        return switch (operation) {
            case GETTABUP, GETTABLE, SETTABUP, SETTABLE, SELF, EQ, LT, LE -> true;
            default -> operation >= ADD && operation <= POW;
        };
    }

    /** Whether the operation puts a value into register A. */
    static boolean setsA(int operation) {
        return switch (operation) {
            case SETTABUP, SETUPVAL, SETTABLE, JMP, EQ, LT, LE, TEST, RETURN -> false;
            case TFORCALL, SETLIST, EXTRAARG -> false;
            default -> operation <= VARARG;
        };
    }
}
